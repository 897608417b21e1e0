#include "mien/face_crop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

using testing::Each;

constexpr double kDegree = std::numbers::pi / 180;

Image filled(int width, int height, std::uint8_t gray) {
  Image image(width, height, PixelFormat::gray);
  std::ranges::fill(image.pixels(), gray);
  return image;
}

/// Gray rises by `step` per pixel from left to right.
Image ramp(int width, int height, int step) {
  Image image(width, height, PixelFormat::gray);
  for (std::size_t i = 0; i < image.pixels().size(); ++i) {
    image.pixels()[i] = static_cast<std::uint8_t>(static_cast<int>(i) % width * step);
  }
  return image;
}

Image noise(int width, int height) {
  Image image(width, height, PixelFormat::gray);
  unsigned state = 1;
  for (auto& pixel : image.pixels()) {
    state = state * 1664525U + 1013904223U;
    pixel = static_cast<std::uint8_t>(state >> 24U);
  }
  return image;
}

double mean(std::span<const std::uint8_t> pixels) {
  return std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size());
}

std::uint8_t at(const Image& image, int x, int y) { return image.view().row(y)[x]; }

/// The square about a box.
Image cut(const ImageView& picture, const Box& box, int width, int height) {
  return crop_face(picture, upright_crop(box, {}, {}), width, height);
}

TEST(CropFace, AtTheModelsSizeCopiesThePixels) {
  const auto picture = ramp(16, 16, 10);
  const auto crop = cut(picture.view(), {4, 4, 8, 8}, 8, 8);
  EXPECT_EQ(crop.format(), PixelFormat::gray);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) EXPECT_EQ(at(crop, x, y), 10 * (x + 4));
  }
}

TEST(CropFace, OfAPlainPictureIsPlainAtEverySize) {
  const auto picture = filled(50, 40, 93);
  for (const int size : {1, 7, 48, 300}) {
    const auto crop = cut(picture.view(), {5, 5, 31, 29}, size, size);
    EXPECT_THAT(crop.pixels(), Each(93)) << size;
  }
}

TEST(CropFace, ReducingCountsEverySourcePixel) {
  // One white pixel in a black picture: a filter that skips pixels would miss it somewhere.
  for (std::size_t position = 8; position < 56; ++position) {
    auto picture = filled(64, 64, 0);
    for (std::size_t y = 0; y < 64; ++y) picture.pixels()[y * 64 + position] = 255;
    const auto crop = cut(picture.view(), {0, 0, 64, 64}, 8, 8);
    EXPECT_NEAR(mean(crop.pixels()), 255.0 / 64, 0.5) << "white column " << position;
  }
}

TEST(CropFace, ReducingKeepsTheMean) {
  Image picture(96, 96, PixelFormat::gray);
  unsigned state = 1;
  for (auto& pixel : picture.pixels()) {
    state = state * 1664525U + 1013904223U;
    pixel = static_cast<std::uint8_t>(state >> 24U);
  }
  const auto crop = cut(picture.view(), {0, 0, 96, 96}, 12, 12);
  EXPECT_NEAR(mean(crop.pixels()), mean(picture.pixels()), 2.0);
}

TEST(CropFace, EnlargingRisesEvenly) {
  const auto picture = ramp(10, 10, 20);
  const auto crop = cut(picture.view(), {0, 0, 10, 10}, 40, 40);
  for (int x = 1; x < 40; ++x) EXPECT_GE(at(crop, x, 20), at(crop, x - 1, 20));
  EXPECT_NEAR(at(crop, 20, 20), 20 * (20 + 0.5) / 4 - 10, 1.0);
}

TEST(CropFace, ContinuesThePicturesEdges) {
  const auto picture = ramp(10, 10, 20);
  const auto crop = cut(picture.view(), {-10, -10, 30, 30}, 30, 30);
  EXPECT_EQ(at(crop, 0, 15), 0);
  EXPECT_EQ(at(crop, 9, 15), 0);
  EXPECT_EQ(at(crop, 15, 15), 100);
  EXPECT_EQ(at(crop, 20, 15), 180);
  EXPECT_EQ(at(crop, 29, 29), 180);
  EXPECT_EQ(at(crop, 15, 0), 100);
}

TEST(CropFace, WhollyOutsideIsTheNearestEdge) {
  const auto picture = ramp(10, 10, 20);
  EXPECT_THAT(cut(picture.view(), {100, 3, 20, 20}, 8, 8).pixels(), Each(180));
  EXPECT_THAT(cut(picture.view(), {-100, 3, 20, 20}, 8, 8).pixels(), Each(0));
}

TEST(CropFace, MayStretchToAnInputThatIsNotSquare) {
  const auto picture = filled(20, 20, 50);
  const auto crop = cut(picture.view(), {0, 0, 20, 20}, 6, 9);
  EXPECT_EQ(crop.width(), 6);
  EXPECT_EQ(crop.height(), 9);
}

TEST(CropFace, OfAColourPictureIsItsLuma) {
  Image picture(3, 1, PixelFormat::bgr);
  picture.pixels()[0] = 255;          // blue
  picture.pixels()[3 + 1] = 255;      // green
  picture.pixels()[2 * 3 + 2] = 255;  // red
  const auto gray = [&](int x) { return at(cut(picture.view(), {x, 0, 1, 1}, 1, 1), 0, 0); };
  EXPECT_EQ(gray(0), 29);
  EXPECT_EQ(gray(1), 150);
  EXPECT_EQ(gray(2), 76);
}

TEST(CropFace, RespectsTheStride) {
  const auto wide = ramp(30, 10, 5);
  const ImageView part{wide.pixels().data() + 10, 10, 10, 30, PixelFormat::gray};
  const auto crop = cut(part, {0, 0, 10, 10}, 10, 10);
  for (int x = 0; x < 10; ++x) EXPECT_EQ(at(crop, x, 9), 5 * (x + 10));
}

TEST(CropFace, RefusesAnEmptyPicture) { EXPECT_THROW(cut({}, {0, 0, 5, 5}, 8, 8), Error); }

TEST(UprightCrop, OfASquareFaceIsTheFace) {
  EXPECT_EQ(upright_crop({10, 20, 30, 30}, {}, {}), (FaceCrop{25, 35, 30, 0}));
}

TEST(UprightCrop, IsASquareOfTheLongerSideAroundTheCentre) {
  EXPECT_EQ(upright_crop({10, 20, 30, 50}, {}, {}), (FaceCrop{25, 45, 50, 0}));
  EXPECT_EQ(upright_crop({10, 20, 50, 30}, {}, {}), (FaceCrop{35, 35, 50, 0}));
}

TEST(UprightCrop, FollowsTheDetectorsFraming) {
  const FaceFraming framing{.margin = 1.5, .shift_down = 0.25};
  EXPECT_EQ(upright_crop({100, 100, 40, 40}, framing, {}), (FaceCrop{120, 130, 60, 0}));
}

TEST(UprightCrop, TheModelsMarginAndShiftAreOfFer2013sFrame) {
  const FaceFraming framing{.margin = 1.5, .shift_down = 0.25};
  const Preprocessing model{.margin = 2, .shift_down = -0.5};
  EXPECT_EQ(upright_crop({100, 100, 40, 40}, framing, model), (FaceCrop{120, 100, 120, 0}));
}

TEST(UprightCrop, IsNeverEmpty) {
  EXPECT_EQ(upright_crop({5, 5, 0, 0}, {}, {}).side, 1);
  EXPECT_EQ(upright_crop({5, 5, 1, 1}, {}, {.margin = 0.2}).side, 1);
}

/// A face of made proportions, turned, in pixels: where it is in the picture, and what it looks
/// like.
struct DrawnFace {
  static constexpr double kSide = 96;  ///< of FER-2013's frame
  double x = 120;
  double y = 110;
  double roll = 0;

  Point at(double across, double down) const {
    return {static_cast<float>(x + kSide * (std::cos(roll) * across - std::sin(roll) * down)),
            static_cast<float>(y + kSide * (std::sin(roll) * across + std::cos(roll) * down))};
  }

  Landmarks landmarks(double turned = 1) const {
    return {at(-0.19 * turned, -0.11), at(0.19 * turned, -0.11), at(0, 0.1),
            at(-0.15 * turned, 0.28), at(0.15 * turned, 0.28)};
  }

  /// About an ellipse that is 0.85 times as wide as it is high.
  Box box() const {
    const auto extent = [](double across, double down) {
      return static_cast<int>(std::lround(kSide * std::hypot(0.85 * across, down)));
    };
    const int width = extent(std::cos(roll), std::sin(roll));
    const int height = extent(std::sin(roll), std::cos(roll));
    return {static_cast<int>(std::lround(x - width / 2.0)),
            static_cast<int>(std::lround(y - height / 2.0)), width, height};
  }

  DetectedFace found() const { return {box(), 1, landmarks()}; }

  /// Gray at a place of the face, in sides of the frame: soft spots, no two alike.
  static double gray(double across, double down) {
    const auto spot = [&](double u, double v, double size) {
      return std::exp(-((across - u) * (across - u) + (down - v) * (down - v)) / (size * size));
    };
    return 70 + 150 * spot(0, 0, 0.5) - 90 * spot(-0.19, -0.11, 0.08) -
           120 * spot(0.19, -0.11, 0.06) + 40 * spot(0, 0.1, 0.05) - 70 * spot(-0.1, 0.28, 0.07) -
           40 * spot(0.12, 0.28, 0.1);
  }

  Image drawn(PixelFormat format = PixelFormat::gray) const {
    Image image(240, 220, format);
    std::size_t i = 0;
    for (int row = 0; row < image.height(); ++row) {
      for (int column = 0; column < image.width(); ++column) {
        const double right = (column + 0.5 - x) / kSide;
        const double below = (row + 0.5 - y) / kSide;
        const double value = gray(std::cos(roll) * right + std::sin(roll) * below,
                                  std::cos(roll) * below - std::sin(roll) * right);
        for (int c = 0; c < image.view().channels(); ++c) {
          image.pixels()[i++] = static_cast<std::uint8_t>(std::lround(value));
        }
      }
    }
    return image;
  }
};

std::vector<double> differences(const Image& a, const Image& b) {
  std::vector<double> all;
  for (std::size_t i = 0; i < a.pixels().size(); ++i) {
    all.push_back(std::abs(static_cast<double>(a.pixels()[i]) - b.pixels()[i]));
  }
  return all;
}

double largest_difference(const Image& a, const Image& b) {
  return std::ranges::max(differences(a, b));
}

double mean_difference(const Image& a, const Image& b) {
  const auto all = differences(a, b);
  return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}

TEST(HeadRoll, IsTheTurnOfTheLandmarks) {
  for (int degrees = -175; degrees <= 180; degrees += 5) {
    const DrawnFace face{.roll = degrees * kDegree};
    const auto roll = head_roll(face.landmarks(), face.box());
    ASSERT_TRUE(roll) << degrees;
    EXPECT_NEAR(std::remainder(*roll - face.roll, 2 * std::numbers::pi), 0, 0.01) << degrees;
  }
}

TEST(HeadRoll, HoldsForAHeadThatLooksAside) {
  const DrawnFace face{.roll = 25 * kDegree};
  auto landmarks = face.landmarks(0.6);
  landmarks[2] = face.at(0.08, 0.1);  // the nose stands out
  const auto roll = head_roll(landmarks, face.box());
  ASSERT_TRUE(roll);
  EXPECT_NEAR(*roll, face.roll, 3 * kDegree);
}

TEST(HeadRoll, IsNotShakenByOnePointThatIsOff) {
  const DrawnFace face{.roll = 20 * kDegree};
  for (std::size_t i = 0; i < face.landmarks().size(); ++i) {
    auto landmarks = face.landmarks();
    landmarks[i].y += static_cast<float>(0.05 * DrawnFace::kSide);
    const auto roll = head_roll(landmarks, face.box());
    ASSERT_TRUE(roll) << i;
    EXPECT_NEAR(*roll, face.roll, 4 * kDegree) << i;
  }
}

TEST(HeadRoll, IsUnknownWhereLandmarksAreNotAFaces) {
  const DrawnFace face;
  const auto box = face.box();
  EXPECT_TRUE(head_roll(face.landmarks(), box));
  EXPECT_FALSE(head_roll(Landmarks{}, {-10, -10, 20, 20})) << "all at one place";
  EXPECT_FALSE(head_roll(face.landmarks(0), box)) << "a profile";
  EXPECT_FALSE(head_roll(face.landmarks(-1), box)) << "left and right exchanged";
  EXPECT_FALSE(head_roll(face.landmarks(), {box.x + 300, box.y, box.width, box.height}));
  EXPECT_FALSE(head_roll(face.landmarks(), {0, 0, 1000, 1000})) << "far too small for the box";
  auto landmarks = face.landmarks();
  landmarks[3].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(head_roll(landmarks, box));
}

TEST(StraightenedCrop, OfAnUprightFaceIsTheUprightCrop) {
  const FaceFraming framing{.margin = 1.1, .shift_down = 0.05};
  for (const double degrees : {-2.5, 0.0, 2.5}) {
    const DrawnFace face{.roll = degrees * kDegree};
    EXPECT_EQ(straightened_crop(face.found(), framing, {}), upright_crop(face.box(), framing, {}));
  }
}

TEST(StraightenedCrop, IsUprightWithoutCredibleLandmarks) {
  auto face = DrawnFace{.roll = 30 * kDegree}.found();
  EXPECT_NE(straightened_crop(face, {}, {}).roll, 0);
  face.landmarks->fill({5, 5});
  EXPECT_EQ(straightened_crop(face, {}, {}), upright_crop(face.box, {}, {}));
  face.landmarks.reset();
  EXPECT_EQ(straightened_crop(face, {}, {}), upright_crop(face.box, {}, {}));
}

TEST(StraightenedCrop, HasTheUprightFacesSize) {
  for (int degrees = -90; degrees <= 90; degrees += 15) {
    const DrawnFace face{.roll = degrees * kDegree};
    const auto crop = straightened_crop(face.found(), {}, {});
    EXPECT_NEAR(crop.side, DrawnFace::kSide, 1.5) << degrees;
    EXPECT_NEAR(crop.centre_x, face.x, 0.51) << degrees;
    EXPECT_NEAR(crop.centre_y, face.y, 0.51) << degrees;
  }
}

TEST(StraightenedCrop, MovesDownAlongTheFace) {
  auto face = DrawnFace{.roll = 90 * kDegree}.found();
  const auto crop =
      straightened_crop(face, {.margin = 2, .shift_down = 0.25}, {.shift_down = 0.125});
  EXPECT_NEAR(crop.roll, 90 * kDegree, 1e-6);
  EXPECT_NEAR(crop.centre_x, face.box.x + face.box.width / 2.0 - 0.5 * face.box.width, 1e-3);
  EXPECT_NEAR(crop.centre_y, face.box.y + face.box.height / 2.0, 1e-3);
  EXPECT_NEAR(crop.side, 2 * face.box.width, 1e-6);
}

TEST(StraightenedCrop, OfATiltedFaceShowsWhatThatOfTheUprightOneShows) {
  const DrawnFace upright;
  const FaceFraming framing{.margin = 1.1, .shift_down = 0.03};
  const auto whole = upright_crop(upright.box(), framing, {});
  const auto expected = crop_face(upright.drawn().view(), whole, 48, 48);
  for (const int degrees : {-140, -60, -45, -30, -10, 10, 30, 45, 46, 60, 90, 180}) {
    const DrawnFace tilted{.roll = degrees * kDegree};
    const auto picture = tilted.drawn();
    const auto straight =
        crop_face(picture.view(), straightened_crop(tilted.found(), framing, {}), 48, 48);
    EXPECT_LT(mean_difference(straight, expected), 1.5) << degrees;
    EXPECT_LT(largest_difference(straight, expected), 20) << degrees;
    const auto as_it_is =
        crop_face(picture.view(), upright_crop(tilted.box(), framing, {}), 48, 48);
    EXPECT_GT(mean_difference(as_it_is, expected), 2) << degrees;
  }
}

TEST(TurnedCrop, ByAQuarterIsTheTurnedCrop) {
  const auto picture = noise(60, 50);
  const FaceCrop part{30, 24, 20, 0};
  const auto upright = crop_face(picture.view(), part, 10, 10);
  for (const int quarters : {-2, -1, 1, 2}) {
    auto turned_part = part;
    turned_part.roll = quarters * std::numbers::pi / 2;
    const auto turned = crop_face(picture.view(), turned_part, 10, 10);
    for (int y = 0; y < 10; ++y) {
      for (int x = 0; x < 10; ++x) {
        const int expected = quarters == 1    ? at(upright, 9 - y, x)
                             : quarters == -1 ? at(upright, y, 9 - x)
                                              : at(upright, 9 - x, 9 - y);
        EXPECT_NEAR(at(turned, x, y), expected, 2) << quarters << " at " << x << ", " << y;
      }
    }
  }
}

TEST(TurnedCrop, OfAPlainPictureIsPlainAtEverySizeAndTurn) {
  const auto picture = filled(50, 40, 93);
  for (const int size : {1, 7, 48, 300}) {
    for (const double roll : {-3.0, -0.7, 0.1, 0.785, 1.5, 2.4}) {
      EXPECT_THAT(crop_face(picture.view(), {20, 20, 33, roll}, size, size).pixels(), Each(93))
          << size << ", " << roll;
    }
  }
}

TEST(TurnedCrop, ReducingCountsEverySourcePixel) {
  // One white pixel in a black picture, wherever it lies within the part.
  for (const double roll : {0.3, -0.7, 1.2}) {
    for (int x = 40; x < 80; x += 7) {
      for (int y = 40; y < 80; y += 3) {
        auto picture = filled(120, 120, 0);
        const auto first = picture.pixels().begin() + y * 120 + x;
        std::fill(first, first + 3, 255);
        const auto crop = crop_face(picture.view(), {60, 60, 96, roll}, 12, 12);
        const auto sum = std::accumulate(crop.pixels().begin(), crop.pixels().end(), 0);
        EXPECT_NEAR(sum, 3 * 255.0 / 64, 3) << roll << ": " << x << ", " << y;
      }
    }
  }
}

TEST(TurnedCrop, ContinuesThePicturesEdges) {
  const auto picture = ramp(10, 10, 20);
  const auto crop = crop_face(picture.view(), {5, 5, 60, 0.2}, 30, 30);
  EXPECT_EQ(at(crop, 0, 15), 0);
  EXPECT_EQ(at(crop, 29, 15), 180);
  EXPECT_THAT(crop_face(picture.view(), {100, 3, 20, 0.5}, 8, 8).pixels(), Each(180));
  EXPECT_THAT(crop_face(picture.view(), {-100, 3, 20, 0.5}, 8, 8).pixels(), Each(0));
  EXPECT_THAT(crop_face(picture.view(), {-100, 3, 20, 2.5}, 8, 8).pixels(), Each(0));
}

TEST(TurnedCrop, OfAColourPictureIsThatOfTheGrayOne) {
  const DrawnFace face{.roll = 0.6};
  const FaceCrop part{face.x, face.y, 100, face.roll};
  const auto gray = crop_face(face.drawn().view(), part, 48, 48);
  const auto colour = crop_face(face.drawn(PixelFormat::bgr).view(), part, 48, 48);
  EXPECT_LE(largest_difference(gray, colour), 1);
}

TEST(TurnedCrop, RespectsTheStride) {
  const auto wide = noise(60, 40);
  Image narrow(30, 40, PixelFormat::gray);
  for (int y = 0; y < 40; ++y) {
    std::copy_n(wide.view().row(y) + 20, 30, narrow.pixels().data() + 30 * y);
  }
  const ImageView part{wide.pixels().data() + 20, 30, 40, 60, PixelFormat::gray};
  for (const double roll : {0.4, 1.4, 3.0, -1.2}) {
    const FaceCrop crop{15, 20, 36, roll};
    EXPECT_EQ(
        largest_difference(crop_face(part, crop, 24, 24), crop_face(narrow.view(), crop, 24, 24)),
        0);
  }
}

TEST(TurnedCrop, MustBeFinite) {
  const auto picture = filled(10, 10, 1);
  EXPECT_THROW(crop_face(picture.view(), {5, 5, 5, std::nan("")}, 8, 8), Error);
  EXPECT_THROW(crop_face(picture.view(), {5, INFINITY, 5, 0}, 8, 8), Error);
}

}  // namespace
}  // namespace mien
