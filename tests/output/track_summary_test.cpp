#include "output/track_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace mien {
namespace {

using Seen = std::vector<std::pair<int, Expression>>;

FrameResult frame(long long index, double time, const Seen& seen,
                  const std::string& source = "a.mp4") {
  FrameResult result;
  result.source = source;
  result.frame = index;
  result.time = time;
  for (const auto& [track, expression] : seen) {
    Face face;
    face.track = track;
    face.expression = expression;
    result.faces.push_back(face);
  }
  return result;
}

double share(const TrackSummary& track, Expression expression) {
  return track.shares.at(static_cast<std::size_t>(expression));
}

TEST(TrackSummaries, WeighByTimeNotByFrames) {
  TrackSummaries summaries;
  summaries.add(frame(0, 0.0, {{1, Expression::happy}}));
  summaries.add(frame(1, 0.6, {{1, Expression::sad}}));
  summaries.add(frame(2, 0.7, {{1, Expression::sad}}));
  summaries.add(frame(3, 0.8, {{1, Expression::happy}}));
  const auto source = summaries.summaries().at(0);
  EXPECT_EQ(source.frames, 4);
  EXPECT_NEAR(source.seconds, 0.9, 1e-9);
  const auto& track = source.tracks.at(0);
  EXPECT_NEAR(track.seconds, 0.9, 1e-9);
  EXPECT_NEAR(share(track, Expression::happy), 0.7 / 0.9, 1e-9);
  EXPECT_NEAR(share(track, Expression::sad), 0.2 / 0.9, 1e-9);
  EXPECT_EQ(track.changes, 2);
  EXPECT_EQ(track.first, 0);
  EXPECT_EQ(track.last, 0.8);
}

TEST(TrackSummaries, TellWhatFacesLookLikeWhenItWasAskedFor) {
  TrackSummaries summaries;
  auto result = frame(0, 0.0, {{1, Expression::happy}});
  summaries.add(result);
  EXPECT_THAT(to_table(summaries.summaries()), testing::Not(testing::HasSubstr("looks")));
  result.frame = 1;
  result.faces[0].attributes = Attributes{GenderEstimate{Gender::female, 0.9F}, 33.7F};
  summaries.add(result);
  EXPECT_THAT(to_table(summaries.summaries()), testing::HasSubstr("looks"));
  EXPECT_THAT(to_table(summaries.summaries()), testing::HasSubstr("female, about 34\n"));
}

TEST(TrackSummaries, WhatIsNotSeenDoesNotCount) {
  TrackSummaries summaries;
  for (int i = 0; i < 100; ++i) {
    Seen seen = {{2, Expression::neutral}};
    if (i < 10 || i >= 90) seen.push_back({1, i < 10 ? Expression::fear : Expression::angry});
    summaries.add(frame(i, i * 0.1, seen));
  }
  const auto tracks = summaries.summaries().at(0).tracks;
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_NEAR(tracks[0].seconds, 2, 1e-9);
  EXPECT_NEAR(tracks[0].last, 9.9, 1e-9);
  EXPECT_EQ(tracks[0].changes, 1);
  EXPECT_EQ(tracks[0].frames, 20);
  EXPECT_NEAR(tracks[1].seconds, 10, 1e-9);
}

TEST(TrackSummaries, AStreamThatWasAwayIsNotCounted) {
  TrackSummaries summaries;
  for (const double time : {0.0, 0.1, 60.0, 60.1}) {
    summaries.add(frame(static_cast<long long>(time * 10), time, {{1, Expression::happy}}));
  }
  EXPECT_NEAR(summaries.summaries().at(0).tracks.at(0).seconds, 1.3, 1e-9);
}

TEST(TrackSummaries, APictureHasSharesWithoutTime) {
  TrackSummaries summaries;
  summaries.add(frame(0, 0, {{1, Expression::surprise}}, "a.jpg"));
  const auto track = summaries.summaries().at(0).tracks.at(0);
  EXPECT_EQ(track.seconds, 0);
  EXPECT_EQ(share(track, Expression::surprise), 1);
}

TEST(TrackSummaries, KeepSourcesApart) {
  TrackSummaries summaries;
  summaries.add(frame(0, 0, {{1, Expression::happy}}, "a.mp4"));
  summaries.add(frame(0, 0, {{1, Expression::sad}}, "b.mp4"));
  summaries.add(frame(1, 1, {}, "a.mp4"));
  summaries.add(frame(0, 0, {}, "a.mp4"));
  const auto all = summaries.summaries();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].frames, 2);
  EXPECT_EQ(all[1].source, "b.mp4");
  EXPECT_TRUE(all[2].tracks.empty());
}

TEST(TrackSummaries, ArePrintedForPeople) {
  TrackSummaries summaries;
  summaries.add(frame(0, 3599.0, {{7, Expression::happy}}, "a\x1b[2J.mp4"));
  summaries.add(frame(1, 3600.0, {{7, Expression::happy}}, "a\x1b[2J.mp4"));
  EXPECT_EQ(
      to_table(summaries.summaries()),
      "a?[2J.mp4: 2 frames, 1:00:01.0, 1 face\n"
      " track      first       last       seen  changes     angry  disgust     fear    happy      "
      "sad surprise  neutral\n"
      "     7    59:59.0  1:00:00.0        2.0        0         -        -        -     100%       "
      " "
      "-        -        -\n");
}

}  // namespace
}  // namespace mien
