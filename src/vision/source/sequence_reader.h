#pragma once

#include <memory>

#include "vision/source/frame_reader.h"
#include "vision/source/source_name.h"

namespace mien {

/// The pictures whose names fit the pattern, from the lowest number on, 25 a second. A number that
/// is missing between others is an Error (input) when it is reached.
std::unique_ptr<FrameReader> make_sequence_reader(const SequencePattern& pattern);

}  // namespace mien
