#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien {

/// Reads a JPEG file, gray and CMYK too, as blue, green and red, and does not turn it as its EXIF
/// block may ask. Where the pixels are damaged or cut off, what can be read is there and the rest
/// is gray. Throws Error (input) when the header cannot be read, or when the picture has more than
/// 100 million pixels.
Image read_jpeg(const std::filesystem::path& path);

/// To JPEG in memory and back, as a picture loses by it; gray stays gray. `quality` is 1..100;
/// throws Error (internal) for another, for a picture of no pixels and for a side over 65,500.
Image through_jpeg(const ImageView& picture, int quality);

}  // namespace mien
