#pragma once

#include "mien/image.h"

namespace mien::test {

/// A picture of 640 x 480 without a face: noise, textures, drawings, hands drawn as shapes. Each
/// index gives another one, always the same.
Image faceless_picture(int index);

}  // namespace mien::test
