#include "test_pictures.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string_view>

namespace mien::test {
namespace {

// Made with libjpeg's JCS_CMYK at quality 95.
constexpr std::string_view kCmykJpeg =
    "ffd8ffee000e41646f626500640000000000ffdb0043000201010101010201010102020202020403020202020504"
    "040304060506060605060606070908060709070606080b08090a0a0a0a0a06080b0c0b0a0c090a0a0affc0001408"
    "00100010044311004d11005911004b1100ffc40016000101010000000000000000000000000000090affc4001410"
    "0100000000000000000000000000000000ffda000e0443004d0059004b00003f00bf8cff00b3febf8000000fffd9";

void append_big_endian(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

std::uint32_t checksum(const Bytes& bytes, std::size_t from) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (std::size_t i = from; i < bytes.size(); ++i) {
    value ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return ~value;
}

void append_little_endian(Bytes& bytes, std::uint32_t value, int width) {
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

/// A big-endian TIFF block with one entry: tag 274, type SHORT, one value.
Bytes exif_block(int orientation) {
  return {'M',  'M',  0, 42, 0, 0, 0, 8, 0, 1,
          0x01, 0x12, 0, 3,  0, 0, 0, 1, 0, static_cast<std::uint8_t>(orientation),
          0,    0,    0, 0,  0, 0};
}

void append_chunk(Bytes& bytes, std::string_view name, const Bytes& data) {
  append(bytes, name);
  append_little_endian(bytes, static_cast<std::uint32_t>(data.size()), 4);
  bytes.insert(bytes.end(), data.begin(), data.end());
  if (data.size() % 2 != 0) bytes.push_back(0);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "mien-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(const std::string& name, const Bytes& bytes) const {
  std::ofstream file(path_ / name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path_ / name;
}

cv::Mat four_quarters() {
  cv::Mat picture(20, 40, CV_8UC3);
  picture(cv::Rect(0, 0, 20, 10)) = cv::Scalar(0, 0, 255);
  picture(cv::Rect(20, 0, 20, 10)) = cv::Scalar(0, 255, 0);
  picture(cv::Rect(0, 10, 20, 10)) = cv::Scalar(255, 0, 0);
  picture(cv::Rect(20, 10, 20, 10)) = cv::Scalar(255, 255, 255);
  return picture;
}

Bytes encoded(const cv::Mat& picture, const std::string& extension) {
  Bytes bytes;
  if (!cv::imencode(extension, picture, bytes)) throw std::runtime_error("cannot encode");
  return bytes;
}

Bytes with_orientation(const Bytes& jpeg, int orientation) {
  Bytes segment = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0};
  const auto block = exif_block(orientation);
  segment.insert(segment.end(), block.begin(), block.end());
  Bytes result(jpeg.begin(), jpeg.begin() + 2);
  result.insert(result.end(), segment.begin(), segment.end());
  result.insert(result.end(), jpeg.begin() + 2, jpeg.end());
  return result;
}

Bytes tiff_with_orientation(int orientation) {
  const cv::Mat picture = four_quarters();
  const auto width = static_cast<std::uint32_t>(picture.cols);
  const auto height = static_cast<std::uint32_t>(picture.rows);
  const auto size = width * height * 3;
  struct Entry {
    std::uint32_t tag;
    std::uint32_t value;
  };
  constexpr std::uint32_t kEntries = 10;
  constexpr std::uint32_t kBits = 8 + 2 + kEntries * 12 + 4;  // where the bits of a sample stand
  const Entry entries[kEntries] = {{256, width},
                                   {257, height},
                                   {258, kBits},
                                   {259, 1},
                                   {262, 2},
                                   {273, kBits + 6},
                                   {274, static_cast<std::uint32_t>(orientation)},
                                   {277, 3},
                                   {278, height},
                                   {279, size}};
  Bytes bytes = {'I', 'I', 42, 0, 8, 0, 0, 0, kEntries, 0};
  for (const auto& [tag, value] : entries) {
    append_little_endian(bytes, tag, 2);
    append_little_endian(bytes, tag == 279 || tag == 273 ? 4 : 3, 2);
    append_little_endian(bytes, tag == 258 ? 3 : 1, 4);
    append_little_endian(bytes, value, 4);
  }
  append_little_endian(bytes, 0, 4);
  for (int sample = 0; sample < 3; ++sample) append_little_endian(bytes, 8, 2);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const auto& pixel = picture.at<cv::Vec3b>(y, x);
      for (const int channel : {2, 1, 0}) bytes.push_back(pixel[channel]);
    }
  }
  return bytes;
}

Bytes png_with_orientation(int orientation) {
  const auto png = encoded(four_quarters(), ".png");
  constexpr std::ptrdiff_t kBehindHeader = 8 + 25;
  Bytes bytes(png.begin(), png.begin() + kBehindHeader);
  const auto block = exif_block(orientation);
  append_big_endian(bytes, static_cast<std::uint32_t>(block.size()));
  const auto named = bytes.size();
  append(bytes, "eXIf");
  bytes.insert(bytes.end(), block.begin(), block.end());
  append_big_endian(bytes, checksum(bytes, named));
  bytes.insert(bytes.end(), png.begin() + kBehindHeader, png.end());
  return bytes;
}

Bytes webp_with_orientation(int orientation) {
  constexpr int kLossless = 101;
  Bytes webp;
  cv::imencode(".webp", four_quarters(), webp, {cv::IMWRITE_WEBP_QUALITY, kLossless});
  Bytes canvas = {0x08, 0, 0, 0};  // it has EXIF
  append_little_endian(canvas, 40 - 1, 3);
  append_little_endian(canvas, 20 - 1, 3);
  Bytes chunks;
  append(chunks, "WEBP");
  append_chunk(chunks, "VP8X", canvas);
  chunks.insert(chunks.end(), webp.begin() + 12, webp.end());
  append_chunk(chunks, "EXIF", exif_block(orientation));
  Bytes bytes;
  append_chunk(bytes, "RIFF", chunks);
  return bytes;
}

Bytes cmyk_jpeg() {
  Bytes bytes;
  for (std::size_t i = 0; i < kCmykJpeg.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(kCmykJpeg.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

Bytes with_second_frame(const Bytes& jpeg) {
  const Bytes frame = {0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0};
  Bytes bytes = jpeg;
  bytes.insert(bytes.end() - 2, frame.begin(), frame.end());
  return bytes;
}

Bytes with_second_header(const Bytes& png) {
  constexpr std::ptrdiff_t kHeader = 8;
  constexpr std::ptrdiff_t kHeaderEnd = 8 + 25;
  constexpr std::ptrdiff_t kEnd = 12;
  Bytes bytes(png.begin(), png.end() - kEnd);
  bytes.insert(bytes.end(), png.begin() + kHeader, png.begin() + kHeaderEnd);
  bytes.insert(bytes.end(), png.end() - kEnd, png.end());
  return bytes;
}

Bytes png_header(std::uint32_t width, std::uint32_t height) {
  Bytes bytes = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
  append_big_endian(bytes, width);
  append_big_endian(bytes, height);
  for (const int value : {8, 2, 0, 0, 0}) bytes.push_back(static_cast<std::uint8_t>(value));
  append_big_endian(bytes, checksum(bytes, 12));
  const auto end = bytes.size();
  bytes.insert(bytes.end(), {0, 0, 0, 0, 'I', 'E', 'N', 'D'});
  append_big_endian(bytes, checksum(bytes, end + 4));
  return bytes;
}

cv::Mat astronaut() {
  const char* path = std::getenv("MIEN_TEST_ASTRONAUT");
  return path == nullptr ? cv::Mat() : cv::imread(path, cv::IMREAD_COLOR);
}

}  // namespace mien::test
