#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vision/byte_reader.h"

namespace mien {

/// The first directory of a TIFF file or of an EXIF block, which is laid out alike.
class TiffDirectory {
 public:
  /// Throws BadPicture when the bytes do not begin a TIFF file, or are cut off.
  explicit TiffDirectory(std::span<const std::uint8_t> bytes);

  /// A field's numbers; nothing when there is no such field or it holds no whole numbers. Throws
  /// BadPicture when the field points out of the file.
  std::optional<std::vector<std::uint32_t>> values(std::uint16_t tag) const;

  /// The first of a field's numbers.
  std::optional<std::uint32_t> value(std::uint16_t tag) const;

 private:
  ByteReader reader_;
  std::size_t first_entry_ = 0;
  std::size_t entry_count_ = 0;
};

/// The orientation 1..8 in an EXIF block. What is missing or damaged counts as upright, as it does
/// for every viewer.
int exif_orientation(std::span<const std::uint8_t> block);

}  // namespace mien
