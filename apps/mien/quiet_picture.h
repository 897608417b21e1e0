#pragma once

#include <filesystem>

#include "mien/image.h"

namespace mien::apps {

/// read_picture(), without what the decoders write on standard error about a damaged file: Mien
/// says it in one line of its own. For a program that has no other thread at work.
Image read_picture_quietly(const std::filesystem::path& path);

}  // namespace mien::apps
