// Operators whose windows slide over a picture, and Resize, against sums by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "graph_maker.h"
#include "tensor_matcher.h"

namespace mien {
namespace {

using test::Attributes;
using test::compute;
using test::counted;
using test::Integers;
using test::Is;
using test::reals;
using test::Reals;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;

Tensor ones_2x2() { return reals({1, 1, 2, 2}, {1, 1, 1, 1}); }

TEST(Convolution, SumsWhatEachWindowHolds) {
  const auto picture = counted({1, 1, 3, 3});  // 1 2 3 / 4 5 6 / 7 8 9
  const auto weights = reals({1, 1, 2, 2}, {1, 10, 100, 1000});
  EXPECT_THAT(compute("Conv", {picture, weights}),
              Is(Shape{1, 1, 2, 2}, Reals{5421, 6532, 8754, 9865}));
  EXPECT_THAT(compute("Conv", {picture, weights, reals({1}, {0.5F})}),
              Is(Shape{1, 1, 2, 2}, Reals{5421.5F, 6532.5F, 8754.5F, 9865.5F}));
}

TEST(Convolution, PadsWithZerosOnEachSideByItself) {
  const auto picture = counted({1, 1, 2, 2});  // 1 2 / 3 4
  // top, left, bottom, right
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"pads", Integers{1, 0, 0, 1}}}),
              Is(Shape{1, 1, 2, 2}, Reals{3, 2, 10, 6}));
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"pads", Integers{0, 1, 1, 0}}}),
              Is(Shape{1, 1, 2, 2}, Reals{4, 10, 3, 7}));
}

TEST(Convolution, SamePaddingIsOddAtTheNamedSide) {
  const auto picture = counted({1, 1, 2, 2});
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"auto_pad", "SAME_UPPER"}}),
              Is(Shape{1, 1, 2, 2}, Reals{10, 6, 7, 4}));
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"auto_pad", "SAME_LOWER"}}),
              Is(Shape{1, 1, 2, 2}, Reals{1, 3, 4, 10}));
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"auto_pad", "VALID"}}),
              Is(Shape{1, 1, 1, 1}, Reals{10}));
}

TEST(Convolution, SamePaddingWithAStrideHasOneWindowForEachStepBegun) {
  const auto row = counted({1, 1, 1, 5});
  const auto weights = reals({1, 1, 1, 3}, {1, 1, 1});
  const Attributes upper{{"auto_pad", "SAME_UPPER"}, {"strides", Integers{1, 2}}};
  EXPECT_THAT(compute("Conv", {row, weights}, upper), Is(Shape{1, 1, 1, 3}, Reals{3, 9, 9}));
}

TEST(Convolution, StridesAndDilations) {
  const auto picture = counted({1, 1, 4, 4});
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"strides", Integers{2, 1}}}),
              Is(Shape{1, 1, 2, 3}, Reals{14, 18, 22, 46, 50, 54}));
  EXPECT_THAT(compute("Conv", {picture, ones_2x2()}, {{"dilations", Integers{3, 2}}}),
              Is(Shape{1, 1, 1, 2}, Reals{1 + 3 + 13 + 15, 2 + 4 + 14 + 16}));
}

TEST(Convolution, GroupsSeeTheirOwnChannels) {
  const auto picture = reals({1, 4, 1, 1}, {1, 2, 3, 4});
  const auto weights = reals({2, 2, 1, 1}, {1, 10, 100, 1000});
  EXPECT_THAT(compute("Conv", {picture, weights}, {{"group", std::int64_t{2}}}),
              Is(Shape{1, 2, 1, 1}, Reals{21, 4300}));
  // Depthwise, with two outputs a channel.
  const auto two = reals({1, 2, 1, 1}, {1, 2});
  const auto multiplied = reals({4, 1, 1, 1}, {1, 10, 100, 1000});
  EXPECT_THAT(compute("Conv", {two, multiplied}, {{"group", std::int64_t{2}}}),
              Is(Shape{1, 4, 1, 1}, Reals{1, 10, 200, 2000}));
}

TEST(Convolution, EachPictureOfABatchByItself) {
  const auto pictures = reals({2, 1, 1, 2}, {1, 2, 3, 4});
  EXPECT_THAT(compute("Conv", {pictures, reals({2, 1, 1, 1}, {1, -1})}),
              Is(Shape{2, 2, 1, 2}, Reals{1, 2, -1, -2, 3, 4, -3, -4}));
}

TEST(Convolution, WhatDoesNotFitIsRefused) {
  const auto picture = counted({1, 2, 3, 3});
  const auto weights = counted({2, 2, 3, 3});
  EXPECT_EQ(refusal("Conv", {picture, weights}), "accepted");
  EXPECT_THAT(refusal("Conv", {picture, weights}, {{"group", std::int64_t{2}}}),
              HasSubstr("do not fit"));
  for (const std::int64_t groups : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    EXPECT_THAT(refusal("Conv", {picture, weights}, {{"group", groups}}), HasSubstr("do not fit"));
  }
  EXPECT_THAT(refusal("Conv", {picture, weights, counted({3})}), HasSubstr("bias"));
  EXPECT_THAT(refusal("Conv", {picture, counted({2, 2, 4, 4})}), HasSubstr("larger than"));
  EXPECT_THAT(refusal("Conv", {picture, counted({2, 2, 3})}), HasSubstr("pictures alone"));
  for (const char* attribute : {"strides", "dilations"}) {
    for (const auto& values : {Integers{0, 1}, Integers{1}, Integers{1, -1}, Integers{1, 5000}}) {
      EXPECT_THAT(refusal("Conv", {picture, weights}, {{attribute, values}}), HasSubstr(attribute));
    }
  }
  EXPECT_THAT(refusal("Conv", {picture, weights}, {{"pads", Integers{0, 0, 0, INT64_MAX}}}),
              HasSubstr("pads"));
  EXPECT_THAT(refusal("Conv", {picture, weights}, {{"pads", Integers{0, -1, 0, 0}}}),
              HasSubstr("pads"));
  EXPECT_THAT(refusal("Conv", {picture, weights}, {{"auto_pad", "SOME"}}), HasSubstr("auto_pad"));
  EXPECT_THAT(refusal("Conv", {picture, weights}, {{"strides", 1.0F}}), HasSubstr("wrong type"));
}

TEST(Pooling, MaximumAndAverage) {
  const auto picture = counted({1, 1, 3, 3});
  const Attributes two{{"kernel_shape", Integers{2, 2}}};
  EXPECT_THAT(compute("MaxPool", {picture}, two), Is(Shape{1, 1, 2, 2}, Reals{5, 6, 8, 9}));
  EXPECT_THAT(compute("AveragePool", {picture}, two), Is(Shape{1, 1, 2, 2}, Reals{3, 4, 6, 7}));
}

TEST(Pooling, PaddingNeverIsTheMaximum) {
  const auto picture = reals({1, 1, 1, 2}, {-3, -5});
  EXPECT_THAT(compute("MaxPool", {picture},
                      {{"kernel_shape", Integers{1, 2}}, {"pads", Integers{0, 1, 0, 1}}}),
              Is(Shape{1, 1, 1, 3}, Reals{-3, -3, -5}));
}

TEST(Pooling, PaddingCountsWhenAsked) {
  const auto picture = reals({1, 1, 1, 2}, {2, 4});
  Attributes attributes{{"kernel_shape", Integers{1, 2}}, {"pads", Integers{0, 1, 0, 1}}};
  EXPECT_THAT(compute("AveragePool", {picture}, attributes), Is(Shape{1, 1, 1, 3}, Reals{2, 3, 4}));
  attributes["count_include_pad"] = std::int64_t{1};
  EXPECT_THAT(compute("AveragePool", {picture}, attributes), Is(Shape{1, 1, 1, 3}, Reals{1, 3, 2}));
}

TEST(Pooling, CeilModeKeepsTheLastWindowThatBeginsInsideThePicture) {
  const auto row = counted({1, 1, 1, 5});
  Attributes attributes{{"kernel_shape", Integers{1, 2}}, {"strides", Integers{1, 2}}};
  EXPECT_THAT(compute("MaxPool", {row}, attributes), Is(Shape{1, 1, 1, 2}, Reals{2, 4}));
  attributes["ceil_mode"] = std::int64_t{1};
  EXPECT_THAT(compute("MaxPool", {row}, attributes), Is(Shape{1, 1, 1, 3}, Reals{2, 4, 5}));
  EXPECT_THAT(compute("AveragePool", {row}, attributes),
              Is(Shape{1, 1, 1, 3}, Reals{1.5F, 3.5F, 5}));
  // What lies behind the padding does not count, even where padding does.
  attributes["count_include_pad"] = std::int64_t{1};
  EXPECT_THAT(compute("AveragePool", {row}, attributes),
              Is(Shape{1, 1, 1, 3}, Reals{1.5F, 3.5F, 5}));
  // A window that would begin behind the picture is left out.
  EXPECT_THAT(compute("MaxPool", {counted({1, 1, 1, 4})},
                      {{"kernel_shape", Integers{1, 1}},
                       {"strides", Integers{1, 3}},
                       {"ceil_mode", std::int64_t{1}}}),
              Is(Shape{1, 1, 1, 2}, Reals{1, 4}));
  EXPECT_THAT(compute("MaxPool", {counted({1, 1, 1, 3})},
                      {{"kernel_shape", Integers{1, 1}},
                       {"strides", Integers{1, 4}},
                       {"ceil_mode", std::int64_t{1}}}),
              Is(Shape{1, 1, 1, 1}, Reals{1}));
}

TEST(Pooling, SamePaddingAndDilation) {
  const auto row = counted({1, 1, 1, 4});
  EXPECT_THAT(
      compute("MaxPool", {row}, {{"kernel_shape", Integers{1, 2}}, {"auto_pad", "SAME_LOWER"}}),
      Is(Shape{1, 1, 1, 4}, Reals{1, 2, 3, 4}));
  EXPECT_THAT(
      compute("MaxPool", {row}, {{"kernel_shape", Integers{1, 2}}, {"auto_pad", "SAME_UPPER"}}),
      Is(Shape{1, 1, 1, 4}, Reals{2, 3, 4, 4}));
  EXPECT_THAT(
      compute("MaxPool", {row}, {{"kernel_shape", Integers{1, 2}}, {"dilations", Integers{1, 3}}}),
      Is(Shape{1, 1, 1, 1}, Reals{4}));
}

TEST(Pooling, Global) {
  const auto pictures = reals({2, 1, 1, 3}, {1, 2, 6, -1, -2, -6});
  EXPECT_THAT(compute("GlobalAveragePool", {pictures}), Is(Shape{2, 1, 1, 1}, Reals{3, -3}));
  EXPECT_THAT(compute("GlobalMaxPool", {pictures}), Is(Shape{2, 1, 1, 1}, Reals{6, -1}));
}

TEST(Pooling, WhatMakesNoSenseIsRefused) {
  const auto picture = counted({1, 1, 4, 4});
  EXPECT_THAT(refusal("MaxPool", {picture}), HasSubstr("kernel_shape"));
  for (const auto& pads : {Integers{2, 0, 0, 0}, Integers{0, 0, 0, 2}}) {
    EXPECT_THAT(
        refusal("AveragePool", {picture}, {{"kernel_shape", Integers{2, 2}}, {"pads", pads}}),
        HasSubstr("hides a window"));
  }
  EXPECT_THAT(refusal("MaxPool", {picture}, {{"kernel_shape", Integers{5, 1}}}),
              HasSubstr("larger than"));
  EXPECT_THAT(refusal("GlobalMaxPool", {counted({1, 4})}), HasSubstr("no picture"));
}

Attributes resizing(const char* mode, const char* places, const char* rounding = "floor") {
  return {{"mode", mode}, {"coordinate_transformation_mode", places}, {"nearest_mode", rounding}};
}

Tensor resized(const Tensor& picture, const Reals& scales, const Attributes& attributes) {
  return compute("Resize", {picture, {}, reals({4}, scales)}, attributes);
}

TEST(Resizing, NearestByEachRounding) {
  const auto row = counted({1, 1, 1, 2});
  // The outputs' places in the input are -0.25, 0.25, 0.75, 1.25.
  const auto by = [&row](const char* rounding) {
    return resized(row, {1, 1, 1, 2}, resizing("nearest", "half_pixel", rounding)).reals;
  };
  EXPECT_THAT(by("floor"), ElementsAre(1, 1, 1, 2));
  EXPECT_THAT(by("ceil"), ElementsAre(1, 2, 2, 2));
  EXPECT_THAT(by("round_prefer_floor"), ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(by("round_prefer_ceil"), ElementsAre(1, 1, 2, 2));
  // Half of four: the places 0.5 and 2.5.
  const auto four = counted({1, 1, 1, 4});
  const Reals half{1, 1, 1, 0.5F};
  EXPECT_THAT(resized(four, half, resizing("nearest", "half_pixel", "round_prefer_floor")).reals,
              ElementsAre(1, 3));
  EXPECT_THAT(resized(four, half, resizing("nearest", "half_pixel", "round_prefer_ceil")).reals,
              ElementsAre(2, 4));
}

TEST(Resizing, TheDefaultIsHalfPixelPreferringTheFloor) {
  EXPECT_THAT(resized(counted({1, 1, 1, 4}), {1, 1, 1, 0.5F}, {}).reals, ElementsAre(1, 3));
}

TEST(Resizing, LinearByEachPlace) {
  const auto row = reals({1, 1, 1, 2}, {0, 8});
  const auto by = [&row](const char* places) {
    return resized(row, {1, 1, 1, 2}, resizing("linear", places)).reals;
  };
  EXPECT_THAT(by("half_pixel"), ElementsAre(0, 2, 6, 8));
  EXPECT_THAT(by("pytorch_half_pixel"), ElementsAre(0, 2, 6, 8));
  EXPECT_THAT(by("asymmetric"), ElementsAre(0, 4, 8, 8));
  EXPECT_THAT(by("align_corners"),
              testing::Pointwise(testing::FloatNear(1e-5F), Reals{0, 8 / 3.0F, 16 / 3.0F, 8}));
}

TEST(Resizing, APixelThatIsLeftAlone) {
  const auto row = reals({1, 1, 1, 4}, {0, 1, 2, 3});
  const Reals quarter{1, 1, 1, 0.25F};
  EXPECT_THAT(resized(row, quarter, resizing("linear", "half_pixel")).reals, ElementsAre(1.5F));
  EXPECT_THAT(resized(row, quarter, resizing("linear", "pytorch_half_pixel")).reals,
              ElementsAre(0));
  EXPECT_THAT(resized(row, quarter, resizing("linear", "align_corners")).reals, ElementsAre(0));
}

TEST(Resizing, BothAxesAndSizes) {
  const auto picture = reals({1, 1, 2, 2}, {0, 4, 8, 12});
  const auto sizes = test::integers({1, 1, 3, 2});
  EXPECT_THAT(compute("Resize", {picture, {}, {}, sizes}, resizing("linear", "align_corners")),
              Is(Shape{1, 1, 3, 2}, Reals{0, 4, 4, 8, 8, 12}));
  // An empty tensor of scales is none.
  EXPECT_THAT(compute("Resize", {picture, reals({0}, {}), reals({0}, {}), sizes},
                      resizing("linear", "align_corners")),
              Is(Shape{1, 1, 3, 2}, Reals{0, 4, 4, 8, 8, 12}));
}

TEST(Resizing, ThePlacesFollowTheScaleThatIsGiven) {
  // 1.4 * 5 is 7 outputs; 1.5 * 5 too, but their places are others.
  const auto row = reals({1, 1, 1, 5}, {0, 3, 6, 9, 12});
  EXPECT_NEAR(resized(row, {1, 1, 1, 1.5F}, resizing("linear", "asymmetric")).reals[6], 12, 1e-5);
  EXPECT_NEAR(resized(row, {1, 1, 1, 1.4F}, resizing("linear", "asymmetric")).reals[2], 30 / 7.0,
              1e-4);
  EXPECT_NEAR(resized(row, {1, 1, 1, 1.5F}, resizing("linear", "asymmetric")).reals[2], 4, 1e-5);
}

TEST(Resizing, WhatMakesNoSenseIsRefused) {
  const auto picture = counted({1, 2, 2, 2});
  const auto scaled = [&](const Reals& scales) {
    const auto count = static_cast<std::int64_t>(scales.size());
    return refusal("Resize", {picture, {}, reals({count}, scales)});
  };
  EXPECT_THAT(scaled({1, 2, 1, 1}), HasSubstr("out of range"));
  EXPECT_THAT(scaled({1, 1, 0, 1}), HasSubstr("out of range"));
  EXPECT_THAT(scaled({1, 1, 1e30F, 1}), HasSubstr("out of range"));
  EXPECT_THAT(scaled({1, 1, std::nanf(""), 1}), HasSubstr("out of range"));
  EXPECT_THAT(scaled({1, 1, 0.25F, 1}), HasSubstr("out of range"));
  EXPECT_THAT(scaled({1, 1, 2}), HasSubstr("not fixed"));
  EXPECT_THAT(refusal("Resize", {picture, {}, {}, test::integers({1, 2, INT64_MAX, 2})}),
              HasSubstr("out of range"));
  EXPECT_THAT(refusal("Resize", {picture, {}, {}, test::integers({1, 1, 2, 2})}),
              HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Resize", {picture}), HasSubstr("not fixed"));
  EXPECT_THAT(refusal("Resize", {picture, {}, reals({4}, {1, 1, 2, 2})}, {{"mode", "cubic"}}),
              HasSubstr("cubic"));
}

}  // namespace
}  // namespace mien
