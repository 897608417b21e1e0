#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien::apps {

/// read_picture(), without what the decoders write on standard error: where it tells of damaged
/// pixels, an Error (input) says it. For a program in which no other
/// thread writes on standard error meanwhile.
Image read_picture_quietly(const std::filesystem::path& path);

}  // namespace mien::apps
