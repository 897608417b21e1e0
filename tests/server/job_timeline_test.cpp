#include "server/job_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace mien::server {
namespace {

using Json = nlohmann::json;

Face face(int track, Expression expression, float confidence = 0.7F, bool uncertain = false) {
  Face made;
  made.track = track;
  made.expression = expression;
  made.confidence = confidence;
  made.uncertain = uncertain;
  made.probabilities.fill((1 - confidence) / 6);
  made.probabilities.at(static_cast<std::size_t>(expression)) = confidence;
  return made;
}

FrameResult frame(double time, std::vector<Face> faces) {
  FrameResult result;
  result.time = time;
  result.faces = std::move(faces);
  return result;
}

constexpr auto kHappy = Expression::happy;
constexpr auto kSad = Expression::sad;

Json as_json(const JobTimeline& timeline) { return Json::parse(to_json(timeline)); }

TEST(JobTimeline, OfNoFrameIsEmpty) {
  EXPECT_EQ(as_json({}), Json::parse(R"({"duration":0,"tracks":[],"bins":[],"changes":[]})"));
}

TEST(JobTimeline, AgreesWithWhatIsComputedByHand) {
  // 20 frames a second: two in each bin.
  JobTimeline timeline;
  timeline.add(frame(0.00, {face(1, kHappy, 0.7F)}));
  timeline.add(frame(0.05, {face(1, kHappy, 0.4F), face(2, kSad, 0.7F)}));
  timeline.add(frame(0.10, {face(1, kSad, 0.7F)}));
  timeline.add(frame(0.15, {}));
  const auto json = as_json(timeline);
  EXPECT_DOUBLE_EQ(json["duration"], 0.2);

  ASSERT_EQ(json["tracks"].size(), 2U);
  const auto& first = json["tracks"][0];
  EXPECT_EQ(first["track"], 1);
  EXPECT_EQ(first["first"], 0.0);
  EXPECT_EQ(first["last"], 0.1);
  EXPECT_EQ(first["frames"], 3);
  EXPECT_EQ(first["shares"], Json::parse(R"({"angry":0,"disgust":0,"fear":0,"happy":0.6667,
      "sad":0.3333,"surprise":0,"neutral":0})"));

  ASSERT_EQ(json["bins"].size(), 2U);
  const auto& bin = json["bins"][0];
  EXPECT_EQ(bin["time"], 0.0);
  EXPECT_EQ(bin["length"], 0.1);
  EXPECT_EQ(bin["faces"], 1.5);
  EXPECT_EQ(bin["tracks"]["1"]["expression"], "happy");
  EXPECT_EQ(bin["tracks"]["1"]["seen"], 1.0);
  EXPECT_EQ(bin["tracks"]["1"]["probabilities"],
            Json({0.075, 0.075, 0.075, 0.55, 0.075, 0.075, 0.075}));
  EXPECT_EQ(bin["tracks"]["2"]["seen"], 0.5);
  EXPECT_EQ(bin["tracks"]["2"]["expression"], "sad");
  EXPECT_EQ(json["bins"][1]["faces"], 0.5);
  EXPECT_EQ(json["bins"][1]["tracks"]["1"]["seen"], 0.5);

  EXPECT_EQ(json["changes"], Json::parse(R"([{"time":0.1,"track":1,"from":"happy","to":"sad"}])"));

  const auto& summary = timeline.summary();
  EXPECT_EQ(summary.frames, 4);
  EXPECT_EQ(summary.frames_with_faces, 3);
  EXPECT_EQ(summary.faces, 4);
  EXPECT_EQ(summary.tracks, 2);
  EXPECT_EQ(summary.changes, 1);
  EXPECT_EQ(summary.shown[static_cast<std::size_t>(kSad)], 2);
}

TEST(JobTimeline, WhatIsUncertainIsNoChange) {
  JobTimeline timeline;
  timeline.add(frame(0, {face(1, kHappy)}));
  timeline.add(frame(1, {face(1, kSad, 0.3F, true)}));
  timeline.add(frame(2, {face(1, kHappy)}));
  EXPECT_TRUE(timeline.changes().empty());
  timeline.add(frame(3, {face(1, kSad, 0.3F, true)}));
  timeline.add(frame(4, {face(1, kSad)}));
  ASSERT_EQ(timeline.changes().size(), 1U);
  EXPECT_EQ(timeline.changes()[0].time, 4);
  EXPECT_EQ(timeline.changes()[0].held, 4);
}

TEST(JobTimeline, BinsGrowWithTheVideoAndLoseNothing) {
  JobTimeline timeline;
  // An hour at 10 frames a second: 600 bins of 0.1 s are full after a minute.
  for (int i = 0; i < 36'000; ++i) {
    timeline.add(frame(i * 0.1, {face(1, i < 18'000 ? kHappy : kSad)}));
    ASSERT_LE(timeline.bins().size(), JobTimeline::kMostBins);
  }
  EXPECT_DOUBLE_EQ(timeline.bin_length(), 6.4);
  long long frames = 0;
  long long last = -1;
  for (const auto& bin : timeline.bins()) {
    EXPECT_GT(bin.place, last);
    last = bin.place;
    frames += bin.frames;
    ASSERT_EQ(bin.tracks.size(), 1U);
    EXPECT_EQ(bin.tracks[0].frames, bin.frames);
  }
  EXPECT_EQ(frames, 36'000);
  const auto json = as_json(timeline);
  EXPECT_EQ(json["bins"].size(), 563U);  // 3600 / 6.4
  EXPECT_NEAR(json["bins"].back()["length"], 3.2, 1e-6);
  EXPECT_EQ(json["bins"][280]["tracks"]["1"]["expression"], "happy");
  EXPECT_EQ(json["bins"][281]["tracks"]["1"]["expression"], "sad");
}

TEST(JobTimeline, ATimeWithoutFramesHasNoBinsAndNoLength) {
  JobTimeline timeline;
  timeline.add(frame(0, {}));
  timeline.add(frame(1000, {}));
  timeline.add(frame(1e9, {}));
  EXPECT_LE(timeline.bins().size(), 3U);
  EXPECT_DOUBLE_EQ(timeline.summary().duration, 1e9 + 1);
}

TEST(JobTimeline, StaysSmallWhateverTheVideoShows) {
  JobTimeline timeline;
  int track = 10;
  for (int i = 0; i < 3000; ++i) {
    std::vector<Face> faces = {face(1, i % 2 == 0 ? kHappy : kSad)};
    for (int j = 0; j < 100; ++j) faces.push_back(face(track++, kSad));
    timeline.add(frame(0.04 * i, faces));
  }
  EXPECT_EQ(timeline.summary().tracks, 300'001);
  EXPECT_EQ(timeline.summary().changes, 2999);
  EXPECT_LE(timeline.tracks().size(), 2 * JobTimeline::kMostTracks);
  EXPECT_EQ(timeline.tracks().front().frames, 3000) << "the face that was there all the time";
  EXPECT_LE(timeline.changes().size(), 2 * JobTimeline::kMostChanges);
  const auto json = as_json(timeline);
  for (const auto& bin : json["bins"]) {
    EXPECT_LE(bin["tracks"].size(), JobTimeline::kMostBinTracks);
    EXPECT_TRUE(bin["tracks"].contains("1"));
  }
}

TEST(JobTimeline, OfManyChangesThoseAfterTheLongestCalmStay) {
  JobTimeline timeline;
  double time = 0;
  for (int i = 0; i < 2500; ++i) {
    time += i == 100 || i == 1200 ? 60 : 0.1;
    timeline.add(frame(time, {face(1, i % 2 == 0 ? kHappy : kSad)}));
  }
  long long calm = 0;
  for (const auto& change : timeline.changes()) calm += change.held > 50 ? 1 : 0;
  EXPECT_EQ(calm, 2);
  EXPECT_GE(timeline.changes().size(), JobTimeline::kMostChanges);
  EXPECT_LE(timeline.changes().size(), 2 * JobTimeline::kMostChanges);
  EXPECT_TRUE(std::ranges::is_sorted(timeline.changes(), {}, &ExpressionChange::time));
}

}  // namespace
}  // namespace mien::server
