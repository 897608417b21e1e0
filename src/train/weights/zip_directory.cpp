#include "train/weights/zip_directory.h"

#include <algorithm>
#include <string_view>

namespace mien::train {
namespace {

// Field offsets and signatures are those of PKWARE's APPNOTE.TXT.
constexpr std::uint64_t kEndSize = 22;
constexpr std::uint64_t kLongestComment = 65535;
constexpr std::uint64_t kLocatorSize = 20;
constexpr std::uint64_t kLargeEndSize = 56;
constexpr std::uint64_t kEntrySize = 46;
constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint64_t kLongestDirectory = 16 << 20;
constexpr std::uint64_t kInLargeFields = 0xFFFFFFFF;

struct Directory {
  std::uint64_t offset;
  std::uint64_t size;
};

std::uint64_t field(std::string_view bytes, std::size_t offset, std::size_t size) {
  return little_endian(bytes.substr(offset, size));
}

/// Archives of more than 4 GB state their directory in a record of its own.
Directory find_large_directory(WeightFile& file, std::uint64_t end) {
  if (end < kLocatorSize) file.reject("its zip archive is broken");
  const auto locator = file.read(end - kLocatorSize, kLocatorSize);
  if (!locator.starts_with("PK\6\7")) file.reject("its zip archive is broken");
  const auto record = file.read(field(locator, 8, 8), kLargeEndSize);
  if (!record.starts_with("PK\6\6")) file.reject("its zip archive is broken");
  return {field(record, 48, 8), field(record, 40, 8)};
}

Directory find_directory(WeightFile& file) {
  const auto searched = std::min(file.size(), kEndSize + kLongestComment);
  const auto tail = file.read(file.size() - searched, searched);
  const auto found = tail.rfind("PK\5\6");
  if (found == std::string::npos || tail.size() - found < kEndSize) {
    file.reject("its zip archive is cut off");
  }
  const auto record = std::string_view(tail).substr(found);
  const Directory directory = {field(record, 16, 4), field(record, 12, 4)};
  if (directory.offset == kInLargeFields || directory.size == kInLargeFields) {
    return find_large_directory(file, file.size() - searched + found);
  }
  return directory;
}

/// Sizes and offset of an entry; those that do not fit 32 bits stand in an extra field, in order.
struct Sizes {
  std::uint64_t size;
  std::uint64_t compressed;
  std::uint64_t header;
};

Sizes sizes_of(std::string_view entry, std::string_view extra) {
  Sizes sizes = {field(entry, 24, 4), field(entry, 20, 4), field(entry, 42, 4)};
  while (extra.size() >= 4) {
    const auto length = static_cast<std::size_t>(field(extra, 2, 2));
    auto large = extra.substr(4, length);
    if (field(extra, 0, 2) == 1) {
      for (auto* value : {&sizes.size, &sizes.compressed, &sizes.header}) {
        if (*value != kInLargeFields || large.size() < 8) continue;
        *value = field(large, 0, 8);
        large.remove_prefix(8);
      }
    }
    extra.remove_prefix(std::min(extra.size(), 4 + length));
  }
  return sizes;
}

FilePart part_of(WeightFile& file, std::string_view entry, const Sizes& sizes) {
  constexpr std::uint64_t kStored = 0;
  if (field(entry, 10, 2) != kStored || sizes.size != sizes.compressed) {
    file.reject("its zip archive is compressed or broken, which PyTorch's are not");
  }
  const auto local = file.read(sizes.header, kLocalSize);
  if (!local.starts_with("PK\3\4")) file.reject("its zip archive is broken");
  const FilePart part = {sizes.header + kLocalSize + field(local, 26, 2) + field(local, 28, 2),
                         sizes.size};
  if (part.offset > file.size() || part.size > file.size() - part.offset) {
    file.reject("its zip archive is cut off");
  }
  return part;
}

}  // namespace

std::map<std::string, FilePart> read_zip_directory(WeightFile& file) {
  const auto directory = find_directory(file);
  if (directory.size > kLongestDirectory) file.reject("its zip archive holds too many files");
  const auto bytes = file.read(directory.offset, directory.size);
  std::map<std::string, FilePart> parts;
  std::string_view rest = bytes;
  while (rest.size() >= kEntrySize && rest.starts_with("PK\1\2")) {
    const auto name_length = static_cast<std::size_t>(field(rest, 28, 2));
    const auto extra_length = static_cast<std::size_t>(field(rest, 30, 2));
    const auto length = kEntrySize + name_length + extra_length + field(rest, 32, 2);
    if (length > rest.size()) file.reject("its zip archive is broken");
    const auto name = std::string(rest.substr(kEntrySize, name_length));
    const auto sizes = sizes_of(rest, rest.substr(kEntrySize + name_length, extra_length));
    // LibTorch's own archives also hold compressed code, of which no tensor needs anything.
    if (name.find("/code/") == std::string::npos) parts[name] = part_of(file, rest, sizes);
    rest.remove_prefix(static_cast<std::size_t>(length));
  }
  return parts;
}

}  // namespace mien::train
