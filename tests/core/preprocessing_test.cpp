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
