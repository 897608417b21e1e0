#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien {

/// Reads a PNG file as blue, green and red: 16 bits become 8, what is transparent lies over white.
/// Throws Error (input) when it cannot be read, is cut off or damaged, or has more than 100 million
/// pixels.
Image read_png(const std::filesystem::path& path);

}  // namespace mien
