#include "dataset/jpeg_size.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <span>

namespace mien {
namespace {

// A hostile file could hold millions.
constexpr int kMostSegments = 1000;
constexpr int kMostFillBytes = 4096;

bool read(std::istream& file, std::span<std::uint8_t> bytes) {
  return !!file.read(reinterpret_cast<char*>(bytes.data()),
                     static_cast<std::streamsize>(bytes.size()));
}

int big_endian(std::uint8_t high, std::uint8_t low) { return (high << 8) | low; }

/// The next marker, without the 0xFF before it, of which there may be many (B.1.1.2).
std::optional<std::uint8_t> next_marker(std::istream& file) {
  std::array<std::uint8_t, 1> byte{};
  if (!read(file, byte) || byte[0] != 0xFF) return std::nullopt;
  for (int fill_bytes = 0; fill_bytes <= kMostFillBytes; ++fill_bytes) {
    if (!read(file, byte)) return std::nullopt;
    if (byte[0] != 0xFF) return byte[0];
  }
  return std::nullopt;
}

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
    const auto marker = next_marker(file);
    std::array<std::uint8_t, 2> length_bytes{};
    if (!marker || !read(file, length_bytes)) return std::nullopt;
    if (begins_frame(*marker)) {
      std::array<std::uint8_t, 5> frame{};  // precision, height, width
      if (!read(file, frame)) return std::nullopt;
      const JpegSize size{big_endian(frame[3], frame[4]), big_endian(frame[1], frame[2])};
      return size.width > 0 && size.height > 0 ? std::optional(size) : std::nullopt;
    }
    const int length = big_endian(length_bytes[0], length_bytes[1]);
    constexpr int kLengthItself = 2;
    if (length < kLengthItself) return std::nullopt;
    file.seekg(length - kLengthItself, std::ios::cur);
  }
  return std::nullopt;
}

}  // namespace mien
