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
  // A big-endian TIFF block with one entry: tag 274, type SHORT, one value.
  Bytes segment = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
                   'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
                   0x01, 0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<std::uint8_t>(orientation),
                   0,    0,    0, 0,  0,   0};
  Bytes result(jpeg.begin(), jpeg.begin() + 2);
  result.insert(result.end(), segment.begin(), segment.end());
  result.insert(result.end(), jpeg.begin() + 2, jpeg.end());
  return result;
}

Bytes cmyk_jpeg() {
  Bytes bytes;
  for (std::size_t i = 0; i < kCmykJpeg.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(kCmykJpeg.substr(i, 2)), nullptr, 16)));
  }
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
