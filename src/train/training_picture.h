#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien::train {

/// Reads a picture file that the trainer's own readers know by what it holds, whatever its name:
/// JPEG and PNG, where this build has libjpeg and libpng. Throws Error: input when it cannot, with
/// what would help, usage for a JPEG when this build reads none.
Image read_training_picture(const std::filesystem::path& path);

}  // namespace mien::train
