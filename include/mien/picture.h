#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mien/image.h"

namespace mien {

struct PictureLimits {
  /// Of the file. Default 256 MiB: no more than that is read of a larger one, which is refused.
  std::uintmax_t bytes = 256ULL << 20;
  /// Width times height. Default 100 megapixels, which take 300 MB: a larger header is refused
  /// before anything is decoded, so that a small hostile file cannot fill the memory.
  long long pixels = 100'000'000;
};

/// Reads a JPEG (gray, colour or CMYK), PNG, WebP, TIFF or BMP file. The result is always
/// PixelFormat::bgr: the orientation in the file is applied, 16 bits become 8, what is transparent
/// lies over white. Of a file with several pages or frames the first is read. Throws Error (input)
/// when the file cannot be read, is cut off or damaged, is none of these formats, or is over a
/// limit.
Image read_picture(const std::filesystem::path& path, const PictureLimits& limits = {});

/// The same of a file's bytes, which `name` names in errors.
Image decode_picture(std::span<const std::uint8_t> bytes, const std::string& name,
                     const PictureLimits& limits = {});

/// Whether the name ends as those of the formats above do, in any case.
bool has_picture_name(const std::filesystem::path& path);

/// The pictures of a folder, not of the folders in it, in natural order (2.jpg before 10.jpg).
/// Names that begin with a dot are left out. Throws Error (input) when the folder cannot be read or
/// holds no picture.
std::vector<std::filesystem::path> list_pictures(const std::filesystem::path& folder);

}  // namespace mien
