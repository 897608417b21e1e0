#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "mien/image.h"

namespace mien {

/// Reads a JPEG file as blue, green and red. Throws Error (input) when it cannot, or when the
/// picture has more than 100 million pixels.
Image read_jpeg(const std::filesystem::path& path);

/// To JPEG in memory and back, as a picture loses by it; `quality` is 1..100.
Image through_jpeg(const ImageView& picture, int quality);

}  // namespace mien
