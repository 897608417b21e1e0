#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "vision/source/frame_reader.h"
#include "vision/source/interruption.h"
#include "vision/source/source_name.h"

namespace mien {

/// Raw frames, one behind the other, out of an open file or pipe, which stays open.
std::unique_ptr<FrameReader> make_raw_reader(int file, const RawSize& size,
                                             std::shared_ptr<Interruption> interruption);

/// JPEGs, one behind the other, with or without something between them. Nothing is read ahead of
/// the first advance().
std::unique_ptr<FrameReader> make_mjpeg_reader(int file,
                                               std::shared_ptr<Interruption> interruption);

}  // namespace mien
