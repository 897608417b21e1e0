#pragma once

#include "mien/image.h"

namespace mien {

/// Turns an upright picture back to how it lies in its file, when the file says that EXIF
/// orientation (1 to 8; others are 1). Annotations are of those pixels.
Image as_stored(Image upright, int orientation);

}  // namespace mien
