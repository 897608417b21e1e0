#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien::train {

/// Reads a JPEG file as dataset/jpeg.h does. Throws Error: input when it cannot be read, usage when
/// this build reads no JPEG files.
Image read_jpeg_picture(const std::filesystem::path& path);

/// What JPEG loses at that quality, 1..100. Throws Error (usage) when this build has no JPEG.
Image compressed(const ImageView& picture, int quality);

}  // namespace mien::train
