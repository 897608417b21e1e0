#include "core/face_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numbers>

namespace mien {
namespace {

constexpr std::array<TestTimeAugmentation, 3> kAll = {
    TestTimeAugmentation::none, TestTimeAugmentation::flip, TestTimeAugmentation::ten_crop};

/// Each pixel another level, so that places can be told apart.
Image marked(int side) {
  Image image(side, side, PixelFormat::gray);
  for (std::size_t i = 0; i < image.pixels().size(); ++i) {
    image.pixels()[i] = static_cast<std::uint8_t>(i * 7 % 251);
  }
  return image;
}

TEST(FaceViews, HaveNames) {
  for (const auto augmentation : kAll) {
    EXPECT_EQ(test_time_augmentation_from_name(name(augmentation)), augmentation);
  }
  EXPECT_EQ(test_time_augmentation_from_name("five-crop"), std::nullopt);
}

TEST(FaceViews, AreAsManyAsIsSaid) {
  for (const auto augmentation : kAll) {
    EXPECT_EQ(views_of({10, 10, 8, 0}, augmentation).size(), view_count(augmentation));
  }
}

TEST(FaceViews, NoneIsTheFaceAsItIs) {
  const FaceCrop crop{12, 9, 8, 0.25};
  EXPECT_THAT(views_of(crop, TestTimeAugmentation::none),
              testing::ElementsAre(FaceView{crop, false}));
}

TEST(FaceViews, AMirroredViewSwapsLeftAndRight) {
  const auto picture = marked(6);
  const FaceCrop whole{3, 3, 6, 0};
  const auto straight = view_face(picture.view(), {whole, false}, 6, 6);
  const auto mirrored = view_face(picture.view(), {whole, true}, 6, 6);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 6; ++x) {
      EXPECT_EQ(mirrored.view().row(y)[x], straight.view().row(y)[5 - x]);
    }
  }
  EXPECT_THAT(straight.pixels(), testing::ElementsAreArray(picture.pixels()));
}

TEST(FaceViews, TenCropsAreTheCornersAndTheCentreOfTheFace) {
  // Of 48 pixels the corners have 44 and lie at 0 or 4.
  const auto views = views_of({24, 24, 48, 0}, TestTimeAugmentation::ten_crop);
  std::vector<std::pair<double, double>> corners;
  for (const auto& view : views) {
    EXPECT_DOUBLE_EQ(view.crop.side, 44);
    corners.emplace_back(view.crop.centre_x - 22, view.crop.centre_y - 22);
  }
  for (const auto& corner :
       std::vector<std::pair<double, double>>{{2, 2}, {0, 0}, {4, 0}, {0, 4}, {4, 4}}) {
    EXPECT_EQ(std::count_if(corners.begin(), corners.end(),
                            [&](const auto& found) {
                              return std::abs(found.first - corner.first) < 1e-9 &&
                                     std::abs(found.second - corner.second) < 1e-9;
                            }),
              2)
        << corner.first << ' ' << corner.second;
  }
  EXPECT_EQ(std::count_if(views.begin(), views.end(), [](const auto& v) { return v.is_mirrored; }),
            5);
}

TEST(FaceViews, TenCropsTurnWithTheHead) {
  // Tilted clockwise by a right angle, the head's upper left is the picture's upper right.
  const auto upright = views_of({24, 24, 48, 0}, TestTimeAugmentation::ten_crop);
  const auto tilted = views_of({24, 24, 48, std::numbers::pi / 2}, TestTimeAugmentation::ten_crop);
  for (std::size_t i = 0; i < upright.size(); ++i) {
    const double right = upright[i].crop.centre_x - 24;
    const double down = upright[i].crop.centre_y - 24;
    EXPECT_NEAR(tilted[i].crop.centre_x, 24 - down, 1e-9);
    EXPECT_NEAR(tilted[i].crop.centre_y, 24 + right, 1e-9);
    EXPECT_DOUBLE_EQ(tilted[i].crop.roll, std::numbers::pi / 2);
  }
}

}  // namespace
}  // namespace mien
