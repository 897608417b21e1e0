#include "dataset/jpeg_size.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <span>

namespace mien {
namespace {

constexpr int kMostSegments = 1000;  // a hostile file could hold millions

bool read(std::istream& file, std::span<std::uint8_t> bytes) {
  return !!file.read(reinterpret_cast<char*>(bytes.data()),
                     static_cast<std::streamsize>(bytes.size()));
}

int big_endian(std::uint8_t high, std::uint8_t low) { return (high << 8) | low; }

/// SOF0 to SOF15, without the three markers among them that begin tables (ITU-T T.81, B.1.1.3).
bool begins_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

}  // namespace

std::optional<JpegSize> jpeg_size(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<std::uint8_t, 2> start{};
  if (!read(file, start) || start[0] != 0xFF || start[1] != 0xD8) return std::nullopt;
  for (int segments = 0; segments < kMostSegments; ++segments) {
    std::array<std::uint8_t, 4> head{};  // marker, length
    if (!read(file, head) || head[0] != 0xFF) return std::nullopt;
    if (begins_frame(head[1])) {
      std::array<std::uint8_t, 5> frame{};  // precision, height, width
      if (!read(file, frame)) return std::nullopt;
      const JpegSize size{big_endian(frame[3], frame[4]), big_endian(frame[1], frame[2])};
      return size.width > 0 && size.height > 0 ? std::optional(size) : std::nullopt;
    }
    const int length = big_endian(head[2], head[3]);
    constexpr int kLengthItself = 2;
    if (length < kLengthItself) return std::nullopt;
    file.seekg(length - kLengthItself, std::ios::cur);
  }
  return std::nullopt;
}

}  // namespace mien
