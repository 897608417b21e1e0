#pragma once

#include <filesystem>
#include <optional>

namespace mien {

struct JpegSize {
  int width = 0;  ///< pixels
  int height = 0;
};

/// What a JPEG file's frame header says, without decoding. Nothing when the file cannot be read, is
/// no JPEG or breaks off before that header.
std::optional<JpegSize> jpeg_size(const std::filesystem::path& path);

}  // namespace mien
