#pragma once

#include <string>
#include <vector>

#include "history/history.h"
#include "history/indicators.h"
#include "history/session_view.h"

namespace mien {

struct SessionReportOptions {
  bool indicators = false;
  IndicatorOptions cut_offs = {};
};

/// One HTML page on the sessions, each with its time line per participant, shares, moments of
/// change, marks and key frames; of several also a comparison. It needs nothing else: no script, no
/// network. Throws as History does, and Error (input) for a session that there is not.
std::string report_of(const History& history, const std::vector<long long>& sessions,
                      const SessionReportOptions& options = {});

/// One HTML page on the course of the participant of that name over all sessions in which they
/// appear by name: a table, a chart and a trend with its uncertainty. Throws Error (input) when
/// there is none.
std::string course_of(const History& history, const std::string& participant,
                      const SessionReportOptions& options = {});

}  // namespace mien
