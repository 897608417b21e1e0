#include "dataset/stored_picture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>

namespace mien {
namespace {

/// Gray pixels, a row of text for each row.
template <std::size_t N>
Image picture(const std::array<std::string, N>& rows) {
  Image image(static_cast<int>(rows[0].size()), static_cast<int>(N), PixelFormat::gray);
  auto* to = image.pixels().data();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
  return image;
}

std::string pixels(const Image& image) { return {image.pixels().begin(), image.pixels().end()}; }

TEST(StoredPicture, IsThatBeforeTheOrientationWasApplied) {
  constexpr const char* kStored = "abcdef";  // abc over def
  const auto expect = [&](int orientation, const Image& upright) {
    const auto stored = as_stored(upright, orientation);
    EXPECT_EQ(stored.width(), 3) << orientation;
    EXPECT_EQ(stored.height(), 2) << orientation;
    EXPECT_EQ(pixels(stored), kStored) << orientation;
  };
  expect(1, picture<2>({"abc", "def"}));
  expect(2, picture<2>({"cba", "fed"}));
  expect(3, picture<2>({"fed", "cba"}));
  expect(4, picture<2>({"def", "abc"}));
  expect(5, picture<3>({"ad", "be", "cf"}));
  expect(6, picture<3>({"da", "eb", "fc"}));
  expect(7, picture<3>({"fc", "eb", "da"}));
  expect(8, picture<3>({"cf", "be", "ad"}));
  expect(0, picture<2>({"abc", "def"}));
  expect(9, picture<2>({"abc", "def"}));
}

TEST(StoredPicture, KeepsColoursTogether) {
  Image upright(1, 2, PixelFormat::bgr);
  std::ranges::copy(std::string("bgrBGR"), upright.pixels().begin());
  const auto stored = as_stored(upright, 6);
  EXPECT_EQ(stored.width(), 2);
  EXPECT_EQ(stored.format(), PixelFormat::bgr);
  EXPECT_EQ(pixels(stored), "bgrBGR");
}

}  // namespace
}  // namespace mien
