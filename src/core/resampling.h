#pragma once

#include "mien/box.h"
#include "mien/face_crop.h"
#include "mien/image.h"

namespace mien {

/// A part of the picture, gray, at another size.
Image resample(const ImageView& picture, const Box& part, int width, int height);

/// A turned part of the picture, gray, set upright at another size.
Image resample_turned(const ImageView& picture, const FaceCrop& part, int width, int height);

}  // namespace mien
