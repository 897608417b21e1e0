#pragma once

#include <memory>

#include "vision/source/frame_reader.h"
#include "vision/source/interruption.h"

namespace mien {

/// The camera /dev/videoN, through V4L2. Its time is that of a steady clock.
std::unique_ptr<FrameReader> open_camera(int number, std::shared_ptr<Interruption> interruption);

}  // namespace mien
