// Which frames stand for what a face showed.
#include "history/key_frames.h"

#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A gray picture whose brightness tells which one it is.
Image shade(std::uint8_t brightness, int width = 64, int height = 48) {
  Image picture(width, height, PixelFormat::bgr);
  for (auto& value : picture.pixels()) value = brightness;
  return picture;
}

int brightness_of(const KeyFrame& frame) {
  const auto picture = cv::imdecode(frame.jpeg, cv::IMREAD_GRAYSCALE);
  return static_cast<int>(std::lround(cv::mean(picture)[0]));
}

struct Shown {
  double time;
  Expression expression;
  float confidence;
  std::uint8_t brightness;
};

void add(KeyFrameFinder& finder, const Shown& shown, int track = 1) {
  FrameResult result;
  result.faces = {some_face(track, shown.expression, shown.confidence)};
  finder.add(shown.time, result, shade(shown.brightness).view());
}

TEST(KeyFrames, TheClearestFrameOfEachStretch) {
  KeyFrameFinder finder;
  add(finder, {0.0, Expression::happy, 0.5F, 10});
  add(finder, {0.5, Expression::happy, 0.9F, 60});
  add(finder, {1.0, Expression::happy, 0.6F, 110});
  add(finder, {1.5, Expression::sad, 0.8F, 160});
  add(finder, {2.0, Expression::sad, 0.7F, 210});
  add(finder, {3.0, Expression::sad, 0.6F, 240});
  const auto frames = finder.finish();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(frames[0].time, 0.5);
  EXPECT_EQ(frames[0].expression, Expression::happy);
  EXPECT_NEAR(brightness_of(frames[0]), 60, 2);
  EXPECT_EQ(frames[0].until, 1.5);
  EXPECT_NEAR(brightness_of(frames[1]), 160, 2);
  EXPECT_EQ(frames[1].until, 3.0);
}

TEST(KeyFrames, AFlickerHasNone) {
  KeyFrameFinder finder;
  for (int i = 0; i < 40; ++i) {
    add(finder, {0.1 * i, i == 20 ? Expression::fear : Expression::happy, 0.9F, 90});
  }
  for (const auto& frame : finder.finish()) EXPECT_EQ(frame.expression, Expression::happy);
}

TEST(KeyFrames, OfTooManyInAMinuteTheLongestStay) {
  KeyFrameFinder finder({.per_minute = 2});
  // Stretches of 2, 5, 3 and 8 seconds.
  double time = 0;
  int turn = 0;
  for (const int length : {2, 5, 3, 8}) {
    const auto expression = turn++ % 2 == 0 ? Expression::happy : Expression::sad;
    for (int i = 0; i < 2 * length; ++i, time += 0.5) {
      add(finder, {time, expression, 0.9F, static_cast<std::uint8_t>(20 * length)});
    }
  }
  const auto frames = finder.finish();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_NEAR(brightness_of(frames[0]), 100, 2);
  EXPECT_NEAR(brightness_of(frames[1]), 160, 2);
}

TEST(KeyFrames, ComeWhileTheSourceGoesOn) {
  KeyFrameFinder finder;
  for (int i = 0; i < 250; ++i) {
    add(finder, {1.0 * i, i / 5 % 2 == 0 ? Expression::happy : Expression::sad, 0.9F, 90});
  }
  EXPECT_THAT(finder.take(110), IsEmpty());
  EXPECT_THAT(finder.take(250), SizeIs(18));  // of three minutes
  EXPECT_THAT(finder.finish(), SizeIs(6 + 2));
}

TEST(KeyFrames, ALongStretchHasItsFrameAmongFlickers) {
  KeyFrameFinder finder({.per_minute = 2});
  for (int i = 0; i < 4000; ++i) {
    const double time = 0.1 * i;  // face 1 is happy all the time, face 2 changes every two seconds
    FrameResult result;
    const auto changing = i / 20 % 2 == 0 ? Expression::sad : Expression::fear;
    result.faces = {some_face(1, Expression::happy), some_face(2, changing)};
    finder.add(time, result, shade(90).view());
  }
  auto frames = finder.take(400);
  for (auto& frame : finder.finish()) frames.push_back(std::move(frame));
  const auto is_of_first = [](const KeyFrame& frame) { return frame.participant == 1; };
  EXPECT_EQ(std::ranges::count_if(frames, is_of_first), 1);
  EXPECT_THAT(frames, SizeIs(2 * 7));
}

TEST(KeyFrames, LargePicturesAreMadeSmaller) {
  KeyFrameFinder finder;
  FrameResult result;
  result.faces = {some_face(1, Expression::happy)};
  for (const double time : {0.0, 1.0, 2.0}) finder.add(time, result, shade(9, 1920, 1080).view());
  const auto picture = cv::imdecode(finder.finish().at(0).jpeg, cv::IMREAD_COLOR);
  EXPECT_EQ(picture.cols, 480);
  EXPECT_EQ(picture.rows, 270);
}

TEST(KeyFrames, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW(KeyFrameFinder({.per_minute = 0}), Error);
  EXPECT_THROW(KeyFrameFinder({.per_minute = 61}), Error);
}

}  // namespace
}  // namespace mien
