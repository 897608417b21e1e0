#pragma once

#include <string>

#include "mien/frame_result.h"

namespace mien {

/// The names of the columns, as one line with its end (RFC 4180).
std::string csv_header();

/// One line per face, in the order of the columns; nothing when there is no face. Scores and
/// probabilities have four decimals.
std::string to_csv(const FrameResult& result);

}  // namespace mien
