#include "dataset/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "made_folder.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PngFile : public MadeFolder {
 protected:
  template <typename Sample>
  std::filesystem::path write_png(png_uint_32 format, int width, int height,
                                  const std::vector<Sample>& samples) const {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = format;
    auto path = root() / "a.png";
    EXPECT_NE(0, png_image_write_to_file(&image, path.c_str(), 0, samples.data(), 0, nullptr));
    return path;
  }

  std::string refusal(const std::string& bytes) const {
    const auto path = write("bad.png", bytes);
    return failure(ErrorCode::input, [&] { read_png(path); });
  }
};

TEST_F(PngFile, GivesBlueGreenAndRed) {
  const auto image = read_png(write_png<png_byte>(PNG_FORMAT_RGB, 2, 1, {1, 2, 3, 250, 251, 252}));
  EXPECT_EQ(image.width(), 2);
  EXPECT_THAT(image.pixels(), ElementsAre(3, 2, 1, 252, 251, 250));
}

TEST_F(PngFile, GrayIsTheSameInAllThree) {
  const auto image = read_png(write_png<png_byte>(PNG_FORMAT_GRAY, 1, 2, {7, 200}));
  EXPECT_EQ(image.height(), 2);
  EXPECT_THAT(image.pixels(), ElementsAre(7, 7, 7, 200, 200, 200));
}

TEST_F(PngFile, TransparentPixelsLieOverWhite) {
  const auto image =
      read_png(write_png<png_byte>(PNG_FORMAT_RGBA, 2, 1, {10, 20, 30, 255, 10, 20, 30, 0}));
  EXPECT_THAT(image.pixels(), ElementsAre(30, 20, 10, 255, 255, 255));
}

TEST_F(PngFile, WhatIsNoneIsAnError) {
  const auto path =
      write_png<png_byte>(PNG_FORMAT_GRAY, 64, 64, std::vector<png_byte>(std::size_t{64} * 64, 9));
  std::ifstream file(path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(refusal(good.substr(0, good.size() / 2)), HasSubstr("bad.png: not a PNG"));
  EXPECT_THAT(refusal("text"), HasSubstr("bad.png: not a PNG"));
  EXPECT_THAT(refusal(""), HasSubstr("bad.png: not a PNG"));
  EXPECT_THAT(failure(ErrorCode::input, [&] { read_png(root() / "none.png"); }),
              HasSubstr("cannot be read"));
}

/// The checksum of a chunk (ISO 3309).
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = ~0U;
  for (const char c : bytes) {
    sum ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~sum;
}

TEST_F(PngFile, AHugeHeaderIsRefusedBeforeAnythingIsDecoded) {
  const auto path = write_png<png_byte>(PNG_FORMAT_GRAY, 1, 1, {9});
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  bytes[17] = 1;  // 65,537 wide
  bytes[21] = 1;  // and as high
  const auto sum = checksum(std::string_view(bytes).substr(12, 17));
  for (std::size_t i = 0; i < 4; ++i) bytes[29 + i] = static_cast<char>(sum >> (24 - 8 * i));
  EXPECT_THAT(refusal(bytes), HasSubstr("over 100 million pixels"));
}

}  // namespace
}  // namespace mien
