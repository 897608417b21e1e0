#include "vision/tiff_directory.h"

namespace mien {
namespace {

constexpr std::size_t kEntrySize = 12;
constexpr std::uint16_t kShort = 3;
constexpr std::uint16_t kLong = 4;
constexpr std::uint16_t kOrientation = 274;

ByteReader::Order byte_order(std::span<const std::uint8_t> bytes) {
  const ByteReader reader(bytes, ByteReader::Order::big_endian);
  if (reader.has(0, std::string_view("MM\0*", 4))) return ByteReader::Order::big_endian;
  if (reader.has(0, std::string_view("II*\0", 4))) return ByteReader::Order::little_endian;
  throw BadPicture("not a TIFF file", "convert it to PNG or JPEG");
}

}  // namespace

TiffDirectory::TiffDirectory(std::span<const std::uint8_t> bytes)
    : reader_(bytes, byte_order(bytes)) {
  const std::size_t directory = reader_.u32(4);
  entry_count_ = reader_.u16(directory);
  first_entry_ = directory + 2;
  reader_.part(first_entry_, entry_count_ * kEntrySize);
}

std::optional<std::vector<std::uint32_t>> TiffDirectory::values(std::uint16_t tag) const {
  for (std::size_t i = 0; i < entry_count_; ++i) {
    const std::size_t entry = first_entry_ + i * kEntrySize;
    if (reader_.u16(entry) != tag) continue;
    const auto type = reader_.u16(entry + 2);
    if (type != kShort && type != kLong) return std::nullopt;
    const std::size_t width = type == kShort ? 2 : 4;
    const std::size_t count = reader_.u32(entry + 4);
    // Up to four bytes lie in the entry itself, more where it points to.
    const std::size_t at = count * width <= 4 ? entry + 8 : reader_.u32(entry + 8);
    reader_.part(at, count * width);
    std::vector<std::uint32_t> numbers(count);
    for (std::size_t n = 0; n < count; ++n) {
      numbers[n] = type == kShort ? reader_.u16(at + 2 * n) : reader_.u32(at + 4 * n);
    }
    return numbers;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> TiffDirectory::value(std::uint16_t tag) const {
  const auto numbers = values(tag);
  if (!numbers || numbers->empty()) return std::nullopt;
  return numbers->front();
}

int exif_orientation(std::span<const std::uint8_t> block) {
  try {
    const auto orientation = TiffDirectory(block).value(kOrientation).value_or(1);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  } catch (const BadPicture&) {
    return 1;
  }
}

}  // namespace mien
