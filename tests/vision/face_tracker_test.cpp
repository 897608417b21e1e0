#include "mien/face_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "made_scene.h"
#include "mien/error.h"
#include "vision/tracking/motion_filter.h"

namespace mien {
namespace {

constexpr double kFrame = 0.04;

DetectedFace face_at(int x, int y, int size = 60, float score = 0.9F) {
  return {{x, y, size, size}, score, std::nullopt};
}

std::vector<TrackedFace> update(FaceTracker& tracker, std::vector<DetectedFace> faces,
                                double time) {
  return tracker.update(faces, time);
}

std::vector<int> ids_of(const std::vector<TrackedFace>& tracks) {
  std::vector<int> ids;
  for (const auto& track : tracks) ids.push_back(track.track);
  return ids;
}

test::FollowScore follow(const test::MadeScene& scene, double rate, std::uint32_t seed,
                         const test::DetectorNoise& noise = {}) {
  FaceTracker tracker;
  std::mt19937 random(seed);
  test::FollowScore score;
  for (int frame = 0; frame < scene.seconds * rate; ++frame) {
    const double time = frame / rate;
    score.add(scene.faces(time),
              tracker.update(test::found_with_noise(scene, time, noise, random), time));
  }
  return score;
}

TEST(MotionFilter, LearnsAVelocityWhateverTheSteps) {
  const Motion motion{0.1, 100};
  for (const double step : {0.01, 0.04, 0.2}) {
    MotionFilter filter(0, 0.01, 1);
    for (double time = step; time < 4; time += step) {
      filter.predict(step, motion);
      filter.correct(3 * time, 0.01);
    }
    EXPECT_NEAR(filter.velocity(), 3, 0.2);
    const double before = filter.value();
    const double sure = filter.variance();
    filter.predict(0.5, motion);
    EXPECT_NEAR(filter.value() - before, 1.5, 0.1);
    EXPECT_GT(filter.variance(), sure);
  }
}

TEST(MotionFilter, ComesToRestWithoutMeasurements) {
  const Motion motion{0.1, 0.5};
  MotionFilter filter(0, 0.01, 1);
  for (int i = 1; i <= 100; ++i) {
    filter.predict(0.04, motion);
    filter.correct(0.04 * i, 0.01);
  }
  filter.predict(10, motion);
  EXPECT_LT(filter.value(), 4 + 0.6);
  EXPECT_NEAR(filter.velocity(), 0, 1e-6);
}

TEST(FaceTracker, ReportsTheFacesOfTheFirstFrameAtOnceAsTheyAre) {
  FaceTracker tracker;
  auto face = face_at(10, 20);
  face.landmarks = Landmarks{};
  const auto tracks = update(tracker, {face, face_at(200, 20)}, 5);
  EXPECT_THAT(ids_of(tracks), testing::ElementsAre(1, 2));
  EXPECT_EQ(tracks[0].face.box, face.box);
  EXPECT_TRUE(tracks[0].face.landmarks);
  EXPECT_TRUE(tracks[0].detected);
}

/// Landmarks at the corners and the middle of a box.
Landmarks landmarks_of(const Box& box) {
  const auto at = [&box](float across, float down) {
    return Point{static_cast<float>(box.x) + across * static_cast<float>(box.width),
                 static_cast<float>(box.y) + down * static_cast<float>(box.height)};
  };
  return {at(0, 0), at(1, 0), at(0.5F, 0.5F), at(0, 1), at(1, 1)};
}

void expect_landmarks_of(const DetectedFace& face) {
  ASSERT_TRUE(face.landmarks);
  const auto expected = landmarks_of(face.box);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR((*face.landmarks)[i].x, expected[i].x, 1);
    EXPECT_NEAR((*face.landmarks)[i].y, expected[i].y, 1);
  }
}

TEST(FaceTracker, LandmarksMoveWithTheSmoothedBox) {
  FaceTracker tracker;
  for (int frame = 0; frame < 30; ++frame) {
    // Boxes that jump to and fro, which the filter steadies, of a face that comes nearer.
    DetectedFace face = face_at(100 + frame * 3 + 5 * (frame % 2), 100 - 4 * (frame % 3));
    face.box.width += frame;
    face.box.height += frame;
    face.landmarks = landmarks_of(face.box);
    const auto tracks = update(tracker, {face}, frame * kFrame);
    ASSERT_THAT(ids_of(tracks), testing::ElementsAre(1));
    expect_landmarks_of(tracks[0].face);
  }
  // Where it should be while it is not seen.
  const auto tracks = update(tracker, {}, 30 * kFrame);
  ASSERT_THAT(ids_of(tracks), testing::ElementsAre(1));
  EXPECT_FALSE(tracks[0].detected);
  expect_landmarks_of(tracks[0].face);
  // The newest landmarks count: a detector may find none.
  EXPECT_FALSE(update(tracker, {face_at(193, 100)}, 31 * kFrame)[0].face.landmarks);
}

TEST(FaceTracker, ANewFaceIsReportedWhenItIsFoundAgain) {
  FaceTracker tracker;
  update(tracker, {}, 0);
  EXPECT_TRUE(update(tracker, {face_at(10, 10)}, kFrame).empty());
  EXPECT_TRUE(update(tracker, {}, 2 * kFrame).empty());
  EXPECT_THAT(ids_of(update(tracker, {face_at(11, 10)}, 3 * kFrame)), testing::ElementsAre(1));
}

TEST(FaceTracker, WhatIsFoundOnceIsNeverReported) {
  FaceTracker tracker;
  update(tracker, {face_at(300, 300)}, 0);
  for (int frame = 1; frame < 60; ++frame) {
    std::vector<DetectedFace> faces = {face_at(300, 300)};
    if (frame % 10 == 0) faces.push_back(face_at(10 * (frame % 7), 20));
    EXPECT_THAT(ids_of(update(tracker, faces, frame * kFrame)), testing::ElementsAre(1));
  }
}

TEST(FaceTracker, FramesFarApartNeedNoSecondLook) {
  FaceTracker tracker;
  update(tracker, {}, 0);
  EXPECT_EQ(update(tracker, {face_at(10, 10)}, 1).size(), 1U);
  EXPECT_THAT(ids_of(update(tracker, {face_at(12, 10)}, 2)), testing::ElementsAre(1));
  EXPECT_THAT(ids_of(update(tracker, {face_at(12, 12)}, 3.5)), testing::ElementsAre(1));
  EXPECT_THAT(ids_of(update(tracker, {face_at(12, 12)}, 60)), testing::ElementsAre(2));
}

TEST(FaceTracker, CoastsAWhileAndRemembersLonger) {
  FaceTracker tracker;
  double time = 0;
  for (int i = 0; i < 20; ++i, time += kFrame) update(tracker, {face_at(10 + 4 * i, 50)}, time);
  const auto coasting = update(tracker, {}, time);
  ASSERT_EQ(coasting.size(), 1U);
  EXPECT_FALSE(coasting[0].detected);
  EXPECT_NEAR(coasting[0].unseen, kFrame, 1e-9);
  EXPECT_NEAR(coasting[0].face.box.x, 10 + 4 * 20, 4);
  EXPECT_TRUE(update(tracker, {}, time + 0.4).empty());
  EXPECT_EQ(tracker.predict(time + 0.5).size(), 1U);
  const int where = 10 + 4 * (20 + 15);
  EXPECT_THAT(ids_of(update(tracker, {face_at(where, 50)}, time + 0.6)), testing::ElementsAre(1));
}

TEST(FaceTracker, AnIdIsNeverUsedAgain) {
  FaceTracker tracker;
  int largest = 0;
  for (int round = 0; round < 5; ++round) {
    const double start = 3.0 * round;
    const auto tracks = update(tracker, {face_at(50, 50)}, start);
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].track, ++largest);
    update(tracker, {}, start + 1.5);
    EXPECT_TRUE(tracker.predict(start + 1.5).empty());
  }
  tracker.reset();
  EXPECT_THAT(ids_of(update(tracker, {face_at(50, 50)}, 0)), testing::ElementsAre(1));
}

TEST(FaceTracker, AnUnsureFaceContinuesATrackButBeginsNone) {
  FaceTracker tracker;
  update(tracker, {face_at(50, 50), face_at(300, 50, 60, 0.3F)}, 0);
  const auto tracks =
      update(tracker, {face_at(52, 50, 60, 0.3F), face_at(300, 50, 60, 0.3F)}, kFrame);
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_TRUE(tracks[0].detected);
  EXPECT_FLOAT_EQ(tracks[0].face.score, 0.3F);
}

TEST(FaceTracker, AFaceElsewhereOrOfAnotherSizeIsAnother) {
  for (const auto& other : {face_at(250, 50), face_at(10, 10, 200), face_at(70, 70, 16)}) {
    FaceTracker tracker;
    update(tracker, {face_at(50, 50)}, 0);
    update(tracker, {other}, kFrame);
    EXPECT_THAT(ids_of(update(tracker, {other}, 2 * kFrame)), testing::ElementsAre(1, 2));
  }
}

TEST(FaceTracker, OddTimesAndBoxesDoNoHarm) {
  FaceTracker tracker;
  update(tracker, {face_at(50, 50)}, 10);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double time : {10.04, 0.0, 0.04, nan, 0.08, 0.12, 0.12}) {
    const auto tracks =
        update(tracker, {face_at(50, 50), face_at(5, 5, 0), face_at(9, 9, -4)}, time);
    EXPECT_THAT(ids_of(tracks), testing::Contains(1));
  }
}

TEST(FaceTracker, OptionsOutOfRangeAreErrors) {
  EXPECT_THROW(FaceTracker({.memory_seconds = -1}), Error);
  EXPECT_THROW(FaceTracker({.coast_seconds = std::nan("")}), Error);
  EXPECT_THROW(FaceTracker({.confirm_seconds = -0.1}), Error);
  EXPECT_THROW(FaceTracker({.start_score = 2}), Error);
}

TEST(FaceTrackerOnScenes, KeepsFacesThatStayApart) {
  for (std::uint32_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(seed);
    const int count = 3 + static_cast<int>(seed % 6);
    const auto score = follow(test::faces_apart(count, seed), seed % 2 == 0 ? 25 : 30, seed);
    EXPECT_EQ(score.switches(), 0);
    EXPECT_GE(score.ids(), static_cast<std::size_t>(count));
    EXPECT_LE(score.ids(), static_cast<std::size_t>(count) + 1);  // a false find, found twice
    EXPECT_GT(score.recall(), 0.99);
    EXPECT_GT(score.precision(), 0.99);
  }
}

TEST(FaceTrackerOnScenes, KeepsFacesThatAreHiddenForHalfASecond) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    for (const double hidden : {0.5, 0.8}) {
      SCOPED_TRACE(testing::Message() << seed << " hidden " << hidden);
      const auto score = follow(test::face_behind_bar(hidden), 25, seed, {.false_finds = 0});
      EXPECT_EQ(score.switches(), 0);
      EXPECT_EQ(score.ids(), 2U);
    }
  }
}

TEST(FaceTrackerOnScenes, SwitchesAtMostOncePerCrossingAndSeldom) {
  int switches = 0;
  int crossings = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const int pairs = 1 + static_cast<int>(seed % 4);
    const auto score = follow(test::faces_crossing(pairs, seed), 25, seed, {.false_finds = 0});
    EXPECT_LE(score.switches(), pairs);
    switches += score.switches();
    crossings += pairs;
  }
  EXPECT_LE(switches, crossings / 50);
}

TEST(FaceTrackerOnScenes, FollowsAtAnyRateAlsoAChangingOne) {
  const auto scene = test::faces_apart(5, 77);
  std::mt19937 random(3);
  FaceTracker tracker;
  test::FollowScore score;
  for (double time = 0; time < scene.seconds;) {
    score.add(
        scene.faces(time),
        tracker.update(test::found_with_noise(scene, time, {.false_finds = 0}, random), time));
    time += 0.01 + 0.001 * static_cast<double>(random() % 90);
  }
  EXPECT_EQ(score.switches(), 0);
  EXPECT_EQ(score.ids(), 5U);
}

}  // namespace
}  // namespace mien
