#include "mien/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mien/error.h"

namespace mien {
namespace {

using testing::Each;

TEST(Image, IsEmptyWithoutASize) {
  EXPECT_TRUE(Image().empty());
  EXPECT_TRUE(Image(0, 5, PixelFormat::gray).empty());
  EXPECT_TRUE(Image().view().empty());
}

TEST(Image, StartsBlack) {
  const Image image(4, 3, PixelFormat::bgr);
  EXPECT_EQ(image.width(), 4);
  EXPECT_EQ(image.height(), 3);
  EXPECT_EQ(image.pixels().size(), 4U * 3U * 3U);
  EXPECT_THAT(image.pixels(), Each(0));
}

TEST(Image, ViewSeesTheSamePixels) {
  Image image(4, 3, PixelFormat::bgr);
  image.pixels()[(2 * 4 + 1) * 3 + 2] = 77;
  const ImageView view = image.view();
  EXPECT_EQ(view.channels(), 3);
  EXPECT_EQ(view.stride, 12);
  EXPECT_EQ(view.row(2)[1 * 3 + 2], 77);
}

TEST(Image, RefusesANegativeSide) {
  EXPECT_THROW(Image(-1, 5, PixelFormat::gray), Error);
  EXPECT_THROW(Image(5, -1, PixelFormat::gray), Error);
}

TEST(Image, KeepsItsMemoryWhenItIsRecreatedNoLarger) {
  Image image(8, 6, PixelFormat::bgr);
  const auto* memory = image.pixels().data();
  image.recreate(4, 3, PixelFormat::gray);
  EXPECT_EQ(image.width(), 4);
  EXPECT_EQ(image.height(), 3);
  EXPECT_EQ(image.format(), PixelFormat::gray);
  EXPECT_EQ(image.pixels().size(), 12U);
  image.recreate(8, 6, PixelFormat::bgr);
  EXPECT_EQ(image.pixels().data(), memory);
}

TEST(Image, StaysAsItIsWhenRecreatingFails) {
  Image image(4, 3, PixelFormat::bgr);
  EXPECT_THROW(image.recreate(2, -1, PixelFormat::gray), Error);
  EXPECT_EQ(image.width(), 4);
  EXPECT_EQ(image.pixels().size(), 36U);
}

TEST(ImageView, RowsFollowTheStride) {
  const std::array<std::uint8_t, 8> memory = {1, 2, 0, 0, 3, 4, 0, 0};
  const ImageView view{memory.data(), 2, 2, 4, PixelFormat::gray};
  EXPECT_EQ(view.row(1)[0], 3);
  EXPECT_EQ(view.row(1)[1], 4);
  EXPECT_FALSE(view.empty());
}

}  // namespace
}  // namespace mien
