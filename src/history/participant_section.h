#pragma once

#include <span>
#include <string>
#include <vector>

#include "history/indicators.h"
#include "history/session_charts.h"
#include "history/session_view.h"

namespace mien {

/// All that the report says of one participant.
struct ParticipantReport {
  const SessionView& view;
  const Participant& participant;
  SessionIndicators indicators;
  std::vector<KeyFrame> key_frames;
  int level = 2;  ///< of the heading
};

/// HTML.
std::string participant_section(const ParticipantReport& report, const Moments& moments);

/// The one that was shown for the longest time, and its share; "none" when nothing was.
std::string most_shown(std::span<const double> shares);

}  // namespace mien
