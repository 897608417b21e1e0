#include "mien/face_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "made_scene.h"
#include "mien/error.h"
#include "test_pictures.h"

namespace mien {
namespace {

constexpr double kFrame = 0.04;

/// Finds one face, where it is told that it is, and counts how it was asked.
class ScriptedDetector final : public FaceDetector {
 public:
  struct Script {
    std::vector<DetectedFace> faces;
    int searches = 0;  ///< of the whole picture
    std::vector<Box> near;
    std::vector<Box> parts = {};
    double min_score = 0.5;
  };
  explicit ScriptedDetector(Script& script) : script_(script) {}

  double min_score() const override { return script_.min_score; }

  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override {
    ++script_.searches;
    return script_.faces;
  }
  std::vector<DetectedFace> detect_near(const ImageView& /*picture*/,
                                        const Box& expected) override {
    script_.near.push_back(expected);
    auto found = script_.faces;
    std::erase_if(found, [&](const auto& face) { return iou(face.box, expected) == 0; });
    return found;
  }
  std::vector<DetectedFace> detect_in(const ImageView& picture, const Box& part,
                                      int /*round*/) override {
    if (part == Box{0, 0, picture.width, picture.height}) return detect(picture);
    script_.parts.push_back(part);
    auto found = script_.faces;
    std::erase_if(found, [&](const auto& face) { return !contains(part, face.box); });
    return found;
  }

  static bool contains(const Box& part, const Box& box) { return intersection(part, box) == box; }

 private:
  Script& script_;
};

class Following : public testing::Test {
 protected:
  std::vector<TrackedFace> follow(double time) { return follower_.follow(picture_.view(), time); }

  /// Until all tries at the beginning are over; the next search of the whole frame is a second
  /// away.
  void settle() {
    for (; time_ < 5; time_ += kFrame) follow(time_);
    for (const int searches = script_.searches; script_.searches == searches; time_ += kFrame) {
      follow(time_);
    }
    script_.parts.clear();
    script_.searches = 0;
  }

  double time_ = 0;
  Image picture_{400, 300, PixelFormat::gray};
  ScriptedDetector::Script script_{{{{100, 100, 50, 50}, 0.9F, std::nullopt}}, 0, {}};
  FaceFollower follower_{std::make_unique<ScriptedDetector>(script_), {.searches_per_second = 2}};
};

TEST_F(Following, LooksNearTheFaceInEveryFrame) {
  for (int frame = 0; frame <= 50; ++frame) {
    const auto tracks = follow(frame * kFrame);
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].track, 1);
    EXPECT_TRUE(tracks[0].detected);
  }
  EXPECT_EQ(script_.near.size(), 50U);
  EXPECT_GT(iou(script_.near.back(), script_.faces[0].box), 0.9);
}

TEST_F(Following, SearchesTheWholeFrameAFewTimesAtFirstAndThenNowAndThen) {
  for (int frame = 0; frame < 5; ++frame) follow(frame * kFrame);
  EXPECT_THAT(script_.searches, testing::AllOf(testing::Ge(2), testing::Le(3)));
  time_ = 5 * kFrame;
  settle();
  for (const double end = time_ + 12; time_ < end; time_ += kFrame) follow(time_);
  EXPECT_THAT(script_.searches, testing::AllOf(testing::Ge(3), testing::Le(4)));
  EXPECT_TRUE(script_.parts.empty());
}

TEST_F(Following, SearchesWhatChangedAtOnceAndAFewTimes) {
  settle();
  const Box box{300, 200, 40, 40};
  for (int y = box.y; y < box.y + box.height; ++y) {
    std::fill_n(picture_.pixels().data() + y * 400 + box.x, box.width, 200);
  }
  follow(time_);
  ASSERT_EQ(script_.parts.size(), 1U);
  EXPECT_TRUE(ScriptedDetector::contains(script_.parts[0], box));
  EXPECT_LT(4 * area(script_.parts[0]), 400 * 300);
  // One search may miss it.
  script_.faces.push_back({box, 0.9F, std::nullopt});
  for (int frame = 1; frame <= 3; ++frame) follow(time_ + frame * kFrame);
  EXPECT_EQ(follow(time_ + 4 * kFrame).size(), 2U);
  EXPECT_EQ(script_.searches, 0);
}

TEST_F(Following, SearchesAboutAFaceThatIsLost) {
  settle();
  script_.faces[0].box.x += 52;  // farther than is looked for nearby
  follow(time_);
  ASSERT_EQ(script_.parts.size(), 1U);
  EXPECT_TRUE(ScriptedDetector::contains(script_.parts[0], script_.faces[0].box));
  script_.faces.clear();
  for (const double end = time_ + 1; time_ < end;) follow(time_ += kFrame);
  EXPECT_LE(script_.parts.size(), 8U);
  EXPECT_EQ(script_.searches, 0);
}

TEST_F(Following, CanSearchEveryNthFrameAndNothingElse) {
  FaceFollower follower(std::make_unique<ScriptedDetector>(script_), {.detect_every = 5});
  for (int frame = 0; frame < 20; ++frame) {
    if (frame == 11) {  // something changes, and a face appears
      std::fill(picture_.pixels().begin(), picture_.pixels().end(), std::uint8_t{200});
      script_.faces.push_back({{300, 200, 40, 40}, 0.9F, std::nullopt});
    }
    const auto tracks = follower.follow(picture_.view(), frame * kFrame);
    EXPECT_EQ(script_.searches, frame / 5 + 1) << frame;
    EXPECT_EQ(tracks.size(), frame < 16 ? 1U : 2U) << frame;  // found in 15, confirmed in 16
  }
  EXPECT_TRUE(script_.parts.empty());
  follower.reset();
  follower.follow(picture_.view(), 0);
  EXPECT_EQ(script_.searches, 5);
}

TEST_F(Following, ATrackBeginsWithWhatTheDetectorTakesForAFace) {
  script_.faces[0].score = 0.3F;
  EXPECT_TRUE(follow(0).empty());
  script_.min_score = 0.25;
  FaceFollower follower(std::make_unique<ScriptedDetector>(script_));
  EXPECT_EQ(follower.follow(picture_.view(), 0).size(), 1U);
  FaceFollower strict(std::make_unique<ScriptedDetector>(script_),
                      {.tracker = {.start_score = 0.4}});
  EXPECT_TRUE(strict.follow(picture_.view(), 0).empty());
}

TEST_F(Following, EndsATrackThatIsNotFoundAgain) {
  follow(0);
  script_.faces.clear();
  double time = kFrame;
  for (; time < 0.2; time += kFrame) EXPECT_FALSE(follow(time).at(0).detected);
  for (; time < 1.5; time += kFrame) {
    if (time > 0.25) {
      EXPECT_TRUE(follow(time).empty());
    }
  }
  script_.near.clear();
  follow(time);
  EXPECT_TRUE(script_.near.empty());
}

TEST_F(Following, BoxesLieWithinThePicture) {
  script_.faces[0].box = {370, 10, 30, 30};
  for (int i = 0; i < 5; ++i) {
    script_.faces[0].box.x = 340 + 6 * i;
    follow(i * kFrame);
  }
  script_.faces.clear();
  for (int i = 5; i < 9; ++i) {
    for (const auto& track : follow(i * kFrame)) {
      EXPECT_EQ(intersection(track.face.box, {0, 0, 400, 300}), track.face.box);
    }
  }
}

TEST_F(Following, BeginsAnewAfterAReset) {
  follow(7);
  follow(7 + kFrame);
  follower_.reset();
  const int searches = script_.searches;
  const auto tracks = follow(0);
  EXPECT_EQ(script_.searches, searches + 1);
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_EQ(tracks[0].track, 1);
}

TEST_F(Following, AClockThatJumpsBackStopsNothing) {
  follow(100);
  EXPECT_EQ(follow(1).size(), 1U);
  EXPECT_EQ(script_.searches, 2);
  EXPECT_EQ(follow(1 + kFrame).size(), 1U);
  EXPECT_LE(script_.searches, 3);
}

TEST(FaceFollower, OneFaceFoundForTwoTracksIsOneFace) {
  const DetectedFace left{{100, 100, 50, 50}, 0.9F, std::nullopt};
  const DetectedFace right{{130, 100, 50, 50}, 0.8F, std::nullopt};
  ScriptedDetector::Script script{{left, right}, 0, {}};
  FaceFollower follower(std::make_unique<ScriptedDetector>(script));
  const Image picture(400, 300, PixelFormat::gray);
  for (int frame = 0; frame < 20; ++frame) {
    EXPECT_EQ(follower.follow(picture.view(), frame * kFrame).size(), 2U);
  }
}

TEST(FaceFollower, WhatLiesWithinAFaceIsNoOther) {
  ScriptedDetector::Script script{{{{100, 100, 80, 80}, 0.9F, std::nullopt}}, 0, {}};
  FaceFollower follower(std::make_unique<ScriptedDetector>(script), {.detect_every = 1});
  const Image picture(400, 300, PixelFormat::gray);
  for (int frame = 0; frame < 10; ++frame) {
    if (frame == 2) script.faces.push_back({{130, 110, 25, 60}, 0.8F, std::nullopt});
    EXPECT_EQ(follower.follow(picture.view(), frame * kFrame).size(), 1U);
  }
}

TEST(FaceFollower, OptionsOutOfRangeAreErrors) {
  const auto follower = [](const FaceFollowerOptions& options) {
    return FaceFollower(make_fake_face_detector({}), options);
  };
  EXPECT_THROW(follower({.searches_per_second = -1}), Error);
  EXPECT_THROW(follower({.searches_per_second = std::nan("")}), Error);
  EXPECT_THROW(follower({.detect_every = -1}), Error);
  EXPECT_THROW(follower({.tracker = {.memory_seconds = -1}}), Error);
}

/// With a cascade, on frames that are drawn.
class FollowingPortraits : public testing::Test {
 protected:
  void SetUp() override {
    if (portrait_.empty()) {
      GTEST_SKIP() << "SKIPPED: no portrait at MIEN_TEST_ASTRONAUT; run script/setup";
    }
  }

  test::FollowScore follow(const test::MadeScene& scene, double from, double to) {
    const test::ScenePainter painter(scene, portrait_);
    FaceFollower follower(make_face_detector({.kind = "haar-fast"}));
    test::FollowScore score;
    for (double time = from; time < to; time += kFrame) {
      const cv::Mat frame = painter.paint(time);
      const ImageView view{frame.data, frame.cols, frame.rows,
                           static_cast<std::ptrdiff_t>(frame.step), PixelFormat::bgr};
      const auto followed = follower.follow(view, time);
      score.add(scene.faces(time), followed);
    }
    return score;
  }

 private:
  cv::Mat portrait_ = test::astronaut();
};

TEST_F(FollowingPortraits, FindsFacesThatAppear) {
  const auto score = follow(test::faces_appearing(8, 1), 0, 4);
  EXPECT_EQ(score.switches(), 0);
  EXPECT_GT(score.recall(), 0.9);
  EXPECT_GT(score.precision(), 0.95);
}

TEST_F(FollowingPortraits, KeepsFacesThatStayApart) {
  const auto score = follow(test::faces_apart(3, 2), 0, 2.4);
  EXPECT_EQ(score.switches(), 0);
  EXPECT_GT(score.recall(), 0.95);
  EXPECT_GT(score.precision(), 0.95);
}

TEST_F(FollowingPortraits, KeepsAFaceThatWasHiddenForHalfASecond) {
  const auto score = follow(test::face_behind_bar(0.5), 0.8, 3.2);
  EXPECT_EQ(score.switches(), 0);
  EXPECT_EQ(score.ids(), 2U);
  EXPECT_GT(score.recall(), 0.95);
}

TEST_F(FollowingPortraits, SwitchesAtMostOncePerCrossing) {
  auto scene = test::faces_crossing(2, 5);
  const double middle = scene.seconds / 2;
  const auto score = follow(scene, middle - 1.2, middle + 1.2);
  EXPECT_LE(score.switches(), 2);
  EXPECT_GT(score.recall(), 0.95);
}

}  // namespace
}  // namespace mien
