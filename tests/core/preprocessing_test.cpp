#include "mien/preprocessing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;

Preprocessing of_size(int width, int height) {
  Preprocessing preprocessing;
  preprocessing.width = width;
  preprocessing.height = height;
  return preprocessing;
}

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

double mean(std::span<const std::uint8_t> pixels) {
  return std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size());
}

std::uint8_t at(const Image& image, int x, int y) { return image.view().row(y)[x]; }

TEST(PreprocessingNames, AreReadBack) {
  for (const auto contrast : {Contrast::none, Contrast::equalise, Contrast::binarise}) {
    EXPECT_EQ(contrast_from_name(name(contrast)), contrast);
  }
  for (const auto normalisation :
       {Normalisation::unit, Normalisation::symmetric, Normalisation::standardise}) {
    EXPECT_EQ(normalisation_from_name(name(normalisation)), normalisation);
  }
  EXPECT_EQ(contrast_from_name("unit"), std::nullopt);
  EXPECT_EQ(normalisation_from_name("none"), std::nullopt);
}

TEST(CropBox, OfASquareFaceIsTheFace) {
  EXPECT_EQ(crop_box({10, 20, 30, 30}, {}), (Box{10, 20, 30, 30}));
}

TEST(CropBox, IsASquareOfTheLongerSideAroundTheCentre) {
  EXPECT_EQ(crop_box({10, 20, 30, 50}, {}), (Box{0, 20, 50, 50}));
  EXPECT_EQ(crop_box({10, 20, 50, 30}, {}), (Box{10, 10, 50, 50}));
}

TEST(CropBox, MarginGrowsItAroundTheCentre) {
  Preprocessing preprocessing;
  preprocessing.margin = 1.5;
  EXPECT_EQ(crop_box({100, 100, 40, 40}, preprocessing), (Box{90, 90, 60, 60}));
}

TEST(CropBox, ShiftMovesItDownByAPartOfTheFace) {
  Preprocessing preprocessing;
  preprocessing.margin = 1.5;
  preprocessing.shift_down = 0.25;
  EXPECT_EQ(crop_box({100, 100, 40, 40}, preprocessing), (Box{90, 100, 60, 60}));
}

TEST(CropBox, MayReachOverTheEdges) {
  EXPECT_EQ(crop_box({-5, -6, 30, 30}, {}), (Box{-5, -6, 30, 30}));
}

TEST(CropBox, IsNeverEmpty) {
  EXPECT_EQ(crop_box({5, 5, 0, 0}, {}).width, 1);
  EXPECT_EQ(crop_box({5, 5, 1, 1}, {.margin = 0.2}).width, 1);
}

TEST(CropFace, AtTheModelsSizeCopiesThePixels) {
  const auto picture = ramp(16, 16, 10);
  const auto crop = crop_face(picture.view(), {4, 4, 8, 8}, of_size(8, 8));
  EXPECT_EQ(crop.format(), PixelFormat::gray);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) EXPECT_EQ(at(crop, x, y), 10 * (x + 4));
  }
}

TEST(CropFace, OfAPlainPictureIsPlainAtEverySize) {
  const auto picture = filled(50, 40, 93);
  for (const int size : {1, 7, 48, 300}) {
    const auto crop = crop_face(picture.view(), {5, 5, 31, 29}, of_size(size, size));
    EXPECT_THAT(crop.pixels(), Each(93)) << size;
  }
}

TEST(CropFace, ReducingCountsEverySourcePixel) {
  // One white pixel in a black picture: a filter that skips pixels would miss it somewhere.
  for (std::size_t position = 8; position < 56; ++position) {
    auto picture = filled(64, 64, 0);
    for (std::size_t y = 0; y < 64; ++y) picture.pixels()[y * 64 + position] = 255;
    const auto crop = crop_face(picture.view(), {0, 0, 64, 64}, of_size(8, 8));
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
  const auto crop = crop_face(picture.view(), {0, 0, 96, 96}, of_size(12, 12));
  EXPECT_NEAR(mean(crop.pixels()), mean(picture.pixels()), 2.0);
}

TEST(CropFace, EnlargingRisesEvenly) {
  const auto picture = ramp(10, 10, 20);
  const auto crop = crop_face(picture.view(), {0, 0, 10, 10}, of_size(40, 40));
  for (int x = 1; x < 40; ++x) EXPECT_GE(at(crop, x, 20), at(crop, x - 1, 20));
  EXPECT_NEAR(at(crop, 20, 20), 20 * (20 + 0.5) / 4 - 10, 1.0);
}

TEST(CropFace, ContinuesThePicturesEdges) {
  const auto picture = ramp(10, 10, 20);
  const auto crop = crop_face(picture.view(), {-10, -10, 30, 30}, of_size(30, 30));
  EXPECT_EQ(at(crop, 0, 15), 0);
  EXPECT_EQ(at(crop, 9, 15), 0);
  EXPECT_EQ(at(crop, 15, 15), 100);
  EXPECT_EQ(at(crop, 20, 15), 180);
  EXPECT_EQ(at(crop, 29, 29), 180);
  EXPECT_EQ(at(crop, 15, 0), 100);
}

TEST(CropFace, WhollyOutsideIsTheNearestEdge) {
  const auto picture = ramp(10, 10, 20);
  EXPECT_THAT(crop_face(picture.view(), {100, 3, 20, 20}, of_size(8, 8)).pixels(), Each(180));
  EXPECT_THAT(crop_face(picture.view(), {-100, 3, 20, 20}, of_size(8, 8)).pixels(), Each(0));
}

TEST(CropFace, MayStretchToAnInputThatIsNotSquare) {
  const auto picture = filled(20, 20, 50);
  const auto crop = crop_face(picture.view(), {0, 0, 20, 20}, of_size(6, 9));
  EXPECT_EQ(crop.width(), 6);
  EXPECT_EQ(crop.height(), 9);
}

TEST(CropFace, OfAColourPictureIsItsLuma) {
  Image picture(3, 1, PixelFormat::bgr);
  picture.pixels()[0] = 255;          // blue
  picture.pixels()[3 + 1] = 255;      // green
  picture.pixels()[2 * 3 + 2] = 255;  // red
  const auto gray = [&](int x) {
    return at(crop_face(picture.view(), {x, 0, 1, 1}, of_size(1, 1)), 0, 0);
  };
  EXPECT_EQ(gray(0), 29);
  EXPECT_EQ(gray(1), 150);
  EXPECT_EQ(gray(2), 76);
}

TEST(CropFace, RespectsTheStride) {
  const auto wide = ramp(30, 10, 5);
  const ImageView part{wide.pixels().data() + 10, 10, 10, 30, PixelFormat::gray};
  const auto crop = crop_face(part, {0, 0, 10, 10}, of_size(10, 10));
  for (int x = 0; x < 10; ++x) EXPECT_EQ(at(crop, x, 9), 5 * (x + 10));
}

TEST(CropFace, RefusesAnEmptyPicture) {
  EXPECT_THROW(crop_face({}, {0, 0, 5, 5}, of_size(8, 8)), Error);
}

TEST(ContrastNone, ChangesNothing) {
  std::vector<std::uint8_t> pixels = {9, 1, 200};
  mien::apply(Contrast::none, pixels);
  EXPECT_THAT(pixels, ElementsAre(9, 1, 200));
}

TEST(ContrastEqualise, SpreadsLevelsByTheirRank) {
  std::vector<std::uint8_t> pixels = {100, 101, 102, 103, 104, 105};
  mien::apply(Contrast::equalise, pixels);
  EXPECT_THAT(pixels, ElementsAre(0, 51, 102, 153, 204, 255));
}

TEST(ContrastEqualise, KeepsTheOrder) {
  std::vector<std::uint8_t> pixels = {7, 90, 7, 30, 250, 30, 30};
  const auto before = pixels;
  mien::apply(Contrast::equalise, pixels);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    for (std::size_t j = 0; j < pixels.size(); ++j) {
      EXPECT_EQ(pixels[i] < pixels[j], before[i] < before[j]);
    }
  }
  EXPECT_EQ(std::ranges::max(pixels), 255);
  EXPECT_EQ(std::ranges::min(pixels), 0);
}

TEST(ContrastEqualise, LeavesABlankFaceAsItIs) {
  std::vector<std::uint8_t> pixels(20, 77);
  mien::apply(Contrast::equalise, pixels);
  EXPECT_THAT(pixels, Each(77));
}

TEST(ContrastBinarise, SplitsTwoGroupsBetweenThem) {
  std::vector<std::uint8_t> pixels = {10, 12, 14, 200, 205, 210, 11};
  mien::apply(Contrast::binarise, pixels);
  EXPECT_THAT(pixels, ElementsAre(0, 0, 0, 255, 255, 255, 0));
}

TEST(ContrastBinarise, FindsASmallLightGroup) {
  std::vector<std::uint8_t> pixels(100, 40);
  pixels[3] = 180;
  mien::apply(Contrast::binarise, pixels);
  EXPECT_EQ(std::ranges::count(pixels, 255), 1);
  EXPECT_EQ(pixels[3], 255);
}

TEST(ContrastBinarise, OfABlankFaceIsBlank) {
  std::vector<std::uint8_t> pixels(20, 77);
  mien::apply(Contrast::binarise, pixels);
  EXPECT_THAT(pixels, Each(pixels.front()));
}

TEST(Contrast, OfNothingIsNothing) {
  std::vector<std::uint8_t> none;
  mien::apply(Contrast::equalise, none);
  mien::apply(Contrast::binarise, none);
  EXPECT_TRUE(none.empty());
}

TEST(NormalisationUnit, RunsFromZeroToOne) {
  std::vector<float> values = {0, 51, 255};
  mien::apply(Normalisation::unit, values);
  EXPECT_THAT(values, ElementsAre(0.0F, FloatNear(0.2F, 1e-6F), 1.0F));
}

TEST(NormalisationSymmetric, RunsFromMinusOneToOne) {
  std::vector<float> values = {0, 127.5F, 255};
  mien::apply(Normalisation::symmetric, values);
  EXPECT_THAT(values, ElementsAre(-1.0F, 0.0F, 1.0F));
}

TEST(NormalisationStandardise, HasMeanZeroAndDeviationOne) {
  std::vector<float> values = {10, 50, 90, 200, 30, 120};
  mien::apply(Normalisation::standardise, values);
  const auto n = static_cast<double>(values.size());
  EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), 0.0, 1e-5);
  EXPECT_NEAR(std::inner_product(values.begin(), values.end(), values.begin(), 0.0) / n, 1.0, 1e-5);
}

TEST(NormalisationStandardise, IgnoresBrightnessAndContrast) {
  std::vector<float> dim = {10, 20, 30, 50};
  std::vector<float> bright = {110, 130, 150, 190};
  mien::apply(Normalisation::standardise, dim);
  mien::apply(Normalisation::standardise, bright);
  for (std::size_t i = 0; i < dim.size(); ++i) EXPECT_NEAR(dim[i], bright[i], 1e-5);
}

TEST(NormalisationStandardise, OfABlankFaceIsZero) {
  std::vector<float> values(2304, 128.0F);
  mien::apply(Normalisation::standardise, values);
  EXPECT_THAT(values, Each(0.0F));
}

TEST(NormalisationStandardise, DoesNotAmplifyTheNoiseOfABlankFace) {
  std::vector<float> values(100, 128.0F);
  values[0] = 129.0F;
  mien::apply(Normalisation::standardise, values);
  EXPECT_LE(std::abs(values[0]), 1.0F);
}

TEST(PrepareInput, AppliesContrastThenNormalisation) {
  const std::vector<std::uint8_t> gray = {10, 12, 200, 210};
  std::vector<float> input(4);
  Preprocessing preprocessing = of_size(2, 2);
  preprocessing.contrast = Contrast::binarise;
  preprocessing.normalisation = Normalisation::symmetric;
  prepare_input(gray, preprocessing, input);
  EXPECT_THAT(input, ElementsAre(-1.0F, -1.0F, 1.0F, 1.0F));
  EXPECT_THAT(gray, ElementsAre(10, 12, 200, 210));
}

TEST(PrepareInput, RefusesAnotherSize) {
  const std::vector<std::uint8_t> gray(4);
  std::vector<float> input(4);
  EXPECT_THROW(prepare_input(gray, of_size(3, 2), input), Error);
  input.resize(5);
  EXPECT_THROW(prepare_input(gray, of_size(2, 2), input), Error);
}

}  // namespace
}  // namespace mien
