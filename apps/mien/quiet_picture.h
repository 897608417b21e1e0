#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien::apps {

/// read_picture(), without what the decoders write on standard error: where it tells of damaged
/// pixels, an Error (input) says it. For a program that has no other thread at work.
Image read_picture_quietly(const std::filesystem::path& path);

}  // namespace mien::apps
