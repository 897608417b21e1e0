#pragma once

#include <string>
#include <vector>

#include "history/indicators.h"
#include "history/session_view.h"

namespace mien {

/// HTML: what the numbers of a report can say, and what they cannot.
std::string report_notes();

/// HTML: the cut-offs in words, with the notice.
std::string cut_offs(const IndicatorOptions& options);

/// HTML: a session's indicators with their cut-offs, and its episodes. Throws Error (model) for a
/// damaged episode.
std::string indicator_section(const SessionView& view, const IndicatorOptions& options, int level);

}  // namespace mien
