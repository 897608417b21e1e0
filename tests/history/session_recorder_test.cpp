// Results over time become seconds and events.
#include "history/session_recorder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "made_history.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

FrameResult frame(const std::vector<Face>& faces) {
  FrameResult result;
  result.faces = faces;
  return result;
}

/// Frames, ten a second, from `begin` on.
void show(SessionRecorder& recorder, double begin, double seconds, Expression expression,
          int track = 1) {
  const auto count = std::lround(seconds * 10);
  for (long i = 0; i < count; ++i) {
    recorder.add(begin + static_cast<double>(i) / 10, frame({some_face(track, expression)}));
  }
}

std::vector<SessionEvent> of_kind(const std::vector<SessionEvent>& events, EventKind kind) {
  std::vector<SessionEvent> found;
  for (const auto& event : events) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

TEST(SessionRecorder, ASecondIsTheMeanOfItsResults) {
  SessionRecorder recorder;
  recorder.observe(1, 0.0, nullptr);
  auto happy = some_face(1, Expression::happy, 0.8F);
  auto sad = some_face(1, Expression::sad, 0.6F);
  recorder.observe(1, 0.25, &happy);
  recorder.observe(1, 0.75, &sad);
  recorder.observe(1, 1.0, nullptr);
  const auto batch = recorder.take(1.0);
  ASSERT_THAT(batch.seconds, SizeIs(1));
  const auto& second = batch.seconds[0];
  EXPECT_EQ(second.second, 0);
  EXPECT_NEAR(second.seen, 0.75, 1e-9);
  EXPECT_EQ(second.expression, Expression::happy);
  EXPECT_NEAR(second.confidence, (0.5 * 0.8 + 0.25 * 0.6) / 0.75, 1e-6);
  EXPECT_NEAR(second.probabilities[3], (0.5 * 0.8 + 0.25 * 0.4 / 6) / 0.75, 1e-6);
}

TEST(SessionRecorder, OnlyWholeSecondsAreGivenBeforeTheEnd) {
  SessionRecorder recorder;
  show(recorder, 0, 2.55, Expression::happy);
  EXPECT_THAT(recorder.take(2.5).seconds, SizeIs(2));
  EXPECT_THAT(recorder.take(2.5).seconds, IsEmpty());
  const auto rest = recorder.finish(2.5).seconds;
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].second, 2);
  EXPECT_NEAR(rest[0].seen, 0.5, 1e-6);
}

TEST(SessionRecorder, AFaceIsSeenForASecondAfterAResultAtMost) {
  SessionRecorder recorder;
  const auto face = some_face(1, Expression::happy);
  recorder.observe(1, 0, &face);
  recorder.observe(1, 10, &face);
  const auto batch = recorder.take(10);
  ASSERT_THAT(batch.seconds, SizeIs(1));
  EXPECT_EQ(batch.seconds[0].seen, 1);
}

TEST(SessionRecorder, TwoResultsASecondAreEnough) {
  SessionRecorder recorder;
  const auto face = some_face(7, Expression::fear);
  for (int i = 0; i <= 20; ++i) recorder.observe(7, 0.5 * i, &face);
  const auto seconds = recorder.take(10).seconds;
  ASSERT_THAT(seconds, SizeIs(10));
  for (const auto& second : seconds) EXPECT_NEAR(second.seen, 1, 1e-9);
}

TEST(SessionRecorder, ComingLeavingAndComingAgainAreEvents) {
  SessionRecorder recorder;
  show(recorder, 1, 2, Expression::happy, 4);
  recorder.add(3, frame({}));
  recorder.add(6, frame({}));
  show(recorder, 8, 1, Expression::happy, 4);
  const auto batch = recorder.finish(9);
  const auto came = of_kind(batch.events, EventKind::came);
  const auto left = of_kind(batch.events, EventKind::left);
  ASSERT_THAT(came, SizeIs(2));
  EXPECT_NEAR(came[0].time, 1, 1e-9);
  EXPECT_EQ(came[0].participant, 4);
  EXPECT_NEAR(came[1].time, 8, 1e-9);
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_NEAR(left[0].time, 2.9, 1e-9);
}

TEST(SessionRecorder, ALastingChangeIsAnEventWhereItBegan) {
  SessionRecorder recorder;
  show(recorder, 0, 10, Expression::neutral);
  show(recorder, 10, 3, Expression::surprise);  // too short
  show(recorder, 13, 7, Expression::neutral);
  show(recorder, 20, 6, Expression::sad);
  const auto changes = of_kind(recorder.finish(26).events, EventKind::change);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].time, 20);
  EXPECT_EQ(changes[0].from, Expression::neutral);
  EXPECT_EQ(changes[0].to, Expression::sad);
}

TEST(SessionRecorder, WhatIsShownBeforeAndAfterAnAbsenceDoesNotLast) {
  SessionRecorder recorder;
  show(recorder, 0, 6, Expression::neutral);
  show(recorder, 6, 3, Expression::sad);
  recorder.add(9, frame({}));
  recorder.add(100, frame({}));
  show(recorder, 600, 3, Expression::sad);
  show(recorder, 603, 5, Expression::neutral);
  EXPECT_THAT(of_kind(recorder.finish(608).events, EventKind::change), IsEmpty());
}

TEST(SessionRecorder, ATrackThatComesBackAfterLongIsTheSameParticipant) {
  SessionRecorder recorder({.episodes = StreakOptions{}});
  show(recorder, 0, 2, Expression::sad, 7);
  recorder.add(2, frame({}));
  std::size_t participants = 0;
  std::vector<SessionEvent> events;
  for (double now = 2; now < 100; now += 1) {
    recorder.add(now, frame({}));
    auto batch = recorder.take(now);
    participants += batch.participants.size();
    events.insert(events.end(), batch.events.begin(), batch.events.end());
  }
  EXPECT_THAT(of_kind(events, EventKind::episode), SizeIs(1)) << "it is not lost with the track";
  show(recorder, 100, 2, Expression::happy, 7);
  const auto rest = recorder.finish(102);
  EXPECT_THAT(of_kind(rest.events, EventKind::came), SizeIs(1));
  EXPECT_EQ(rest.seconds.at(0).participant, 7);
}

TEST(SessionRecorder, AClockThatJumpsBackIsHeld) {
  SessionRecorder recorder;
  show(recorder, 100, 2, Expression::happy);
  show(recorder, 3, 5, Expression::sad);
  show(recorder, 102, 2, Expression::happy);
  const auto seconds = recorder.finish(104).seconds;
  ASSERT_FALSE(seconds.empty());
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    EXPECT_EQ(seconds[i].second, 100 + static_cast<long long>(i));
    EXPECT_LE(seconds[i].seen, 1);
  }
}

TEST(SessionRecorder, ATimeThatIsNoneIsPassedOver) {
  SessionRecorder recorder;
  show(recorder, 0, 1, Expression::happy);
  const auto face = some_face(1, Expression::sad);
  recorder.observe(1, std::numeric_limits<double>::quiet_NaN(), &face);
  recorder.observe(1, std::numeric_limits<double>::infinity(), &face);
  show(recorder, 1, 1, Expression::happy);
  const auto seconds = recorder.finish(2).seconds;
  ASSERT_THAT(seconds, SizeIs(2));
  EXPECT_EQ(seconds[1].expression, Expression::happy);
}

TEST(SessionRecorder, ATrackTwiceInAFrameCountsOnce) {
  SessionRecorder recorder;
  recorder.add(0, frame({some_face(1, Expression::happy), some_face(1, Expression::sad)}));
  recorder.add(1, frame({}));
  const auto seconds = recorder.finish(1).seconds;
  ASSERT_THAT(seconds, SizeIs(1));
  EXPECT_EQ(seconds[0].expression, Expression::happy);
}

TEST(SessionRecorder, EpisodesOfTheStreakRuleAreEvents) {
  SessionRecorder recorder({.episodes = StreakOptions{}});
  show(recorder, 0, 1, Expression::happy);
  show(recorder, 1, 0.6, Expression::sad);
  show(recorder, 1.6, 1, Expression::happy);
  const auto episodes = of_kind(recorder.finish(3).events, EventKind::episode);
  ASSERT_THAT(episodes, SizeIs(1));
  EXPECT_EQ(episode_from_json(episodes[0].text).sad, 6);
  SessionRecorder without;
  show(without, 0, 3, Expression::sad);
  EXPECT_THAT(of_kind(without.finish(3).events, EventKind::episode), IsEmpty());
}

TEST(SessionRecorder, ARestIsTheMeanOfItsSeconds) {
  SessionRecorder recorder;
  recorder.begin_rest(1, 0, 10);
  show(recorder, 0, 10, Expression::neutral);
  show(recorder, 10, 5, Expression::happy);
  std::optional<Probabilities> rest;
  for (const auto& participant : recorder.take(15).participants) {
    if (participant.rest) rest = participant.rest;
  }
  ASSERT_TRUE(rest.has_value());
  EXPECT_NEAR(rest->at(6), 0.9, 1e-5);
}

TEST(SessionRecorder, ARestWithoutAFaceIsNone) {
  SessionRecorder recorder;
  recorder.begin_rest(1, 0, 10);
  show(recorder, 0, 2, Expression::neutral);
  for (double time = 2; time < 12; time += 0.5) recorder.add(time, frame({}));
  show(recorder, 12, 2, Expression::happy);
  for (const auto& participant : recorder.finish(14).participants) {
    EXPECT_EQ(participant.rest, std::nullopt);
  }
}

TEST(SessionRecorder, WhoIsForgottenIsInNoBatch) {
  SessionRecorder recorder;
  recorder.introduce({.number = 1, .name = "Ada", .shown = true});
  show(recorder, 0, 3, Expression::happy, 1);
  recorder.forget(1);
  const auto batch = recorder.finish(3);
  EXPECT_TRUE(batch.empty());
}

TEST(SessionRecorder, ANameStays) {
  SessionRecorder recorder;
  recorder.introduce({.number = 1, .name = "Ada", .shown = true});
  show(recorder, 0, 3, Expression::happy, 1);
  for (const auto& participant : recorder.finish(3).participants) {
    EXPECT_EQ(participant.name, "Ada");
  }
}

}  // namespace
}  // namespace mien
