#pragma once

#include <string>

#include "mien/frame_result.h"

namespace mien {

/// The names of the columns, as one line with its end (RFC 4180). The attributes that are asked for
/// are the last columns: gender and gender_confidence, age in years.
std::string csv_header(const AttributeChoice& attributes = {});

/// One line per face, in the order of the columns; nothing when there is no face. Scores and
/// probabilities have four decimals. What a face does not have is left empty.
std::string to_csv(const FrameResult& result, const AttributeChoice& attributes = {});

}  // namespace mien
