// What of a recorded session is shown to who looks at it.
#include "history/session_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class SessionViewTest : public HistoryTest {
 protected:
  long long begin(SessionKind kind) { return history_.begin({.kind = kind, .started = 1000}); }

  /// From `from` to `to`, in seconds.
  void add(long long session, const Participant& participant, long long from, long long to,
           Expression expression) {
    auto present = participant;
    present.last = static_cast<double>(to);
    SessionBatch batch;
    batch.participants.push_back(present);
    for (auto second = from; second < to; ++second) {
      batch.seconds.push_back(some_second(participant.number, second, expression));
    }
    history_.write(session, batch);
  }

  /// A class of `count`, of which the first `shown` agreed. The last one is sad, the others happy.
  long long group(int count, int shown, long long seconds = 10) {
    const auto session = begin(SessionKind::group);
    for (int i = 1; i <= count; ++i) {
      add(session, {.number = i, .name = "P" + std::to_string(i), .shown = i <= shown}, 0, seconds,
          i == count ? Expression::sad : Expression::happy);
    }
    history_.end(session, 1000 + static_cast<double>(seconds));
    return session;
  }

  History history_{file()};
};

TEST_F(SessionViewTest, ThereIsNoneOfWhatIsNotThere) {
  try {
    view_session(history_, 7);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input);
    EXPECT_THAT(error.what(), testing::HasSubstr("no session 7"));
  }
}

TEST_F(SessionViewTest, OutsideOfAClassEveryoneIsShown) {
  const auto session = begin(SessionKind::analysis);
  add(session, {.number = 3}, 0, 8, Expression::happy);
  add(session, {.number = 5}, 4, 6, Expression::sad);
  history_.end(session, 1008);
  const auto view = view_session(history_, session);
  EXPECT_EQ(view.duration, 8);
  EXPECT_EQ(view.participants, 2);
  ASSERT_THAT(view.shown, SizeIs(2));
  EXPECT_THAT(view.group, IsEmpty());
  EXPECT_THAT(view.stretches.at(3), SizeIs(8));
  ASSERT_THAT(view.stretches.at(5), SizeIs(2));
  EXPECT_EQ(view.stretches.at(5)[0].begin, 4);
  EXPECT_EQ(view.stretches.at(5)[0].length, 1);
  EXPECT_EQ(view.stretches.at(5)[0].shares[4], 1);
  EXPECT_THAT(minutes_of(view, 5), SizeIs(1));
  EXPECT_THAT(minutes_of(view, 6), IsEmpty());
}

TEST_F(SessionViewTest, WhoDidNotAgreeIsNowhere) {
  const auto session = group(7, 2);
  SessionBatch batch;
  for (const int participant : {0, 2, 6}) {
    for (const auto kind : {EventKind::came, EventKind::left, EventKind::change, EventKind::mood,
                            EventKind::paused, EventKind::resumed, EventKind::episode}) {
      batch.events.push_back({.time = 1, .kind = kind, .participant = participant});
    }
    if (participant > 0) {
      batch.key_frames.push_back({.time = 1, .participant = participant, .jpeg = {1}});
    }
  }
  history_.write(session, batch);
  const auto view = view_session(history_, session);
  EXPECT_EQ(view.participants, 7);
  ASSERT_THAT(view.shown, SizeIs(2));
  EXPECT_EQ(view.shown[1].name, "P2");
  EXPECT_THAT(view.minutes, SizeIs(2));
  EXPECT_THAT(view.stretches, SizeIs(2));
  EXPECT_THAT(view.events, SizeIs(14));
  for (const auto& event : view.events) EXPECT_NE(event.participant, 6);
  const auto frames = key_frames_of(history_, view);
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].participant, 2);
}

TEST_F(SessionViewTest, AGroupOfFiveIsShown) {
  const auto view = view_session(history_, group(5, 0));
  ASSERT_THAT(view.group, SizeIs(10));
  EXPECT_EQ(view.group[9].begin, 9);
  EXPECT_EQ(view.group[9].length, 1);
  EXPECT_EQ(view.group[9].seen, 5);
  EXPECT_FLOAT_EQ(view.group[9].shares[3], 0.8F);
  EXPECT_FLOAT_EQ(view.group[9].shares[4], 0.2F);
}

TEST_F(SessionViewTest, OneOfFourIsNot) {
  EXPECT_THAT(view_session(history_, group(4, 0)).group, IsEmpty());
  EXPECT_THAT(view_session(history_, group(4, 4)).group, IsEmpty());
}

TEST_F(SessionViewTest, AGroupIsShownOnlyWhileFiveAreSeen) {
  const auto session = group(4, 0);
  add(session, {.number = 9}, 3, 6, Expression::fear);
  const auto view = view_session(history_, session);
  std::vector<long long> seconds;
  for (const auto& stretch : view.group) seconds.push_back(stretch.begin);
  EXPECT_THAT(seconds, ElementsAre(3, 4, 5));
}

TEST_F(SessionViewTest, TheOnlyOneWhoIsHiddenCannotBeTakenFromTheGroup) {
  EXPECT_THAT(view_session(history_, group(6, 5)).group, IsEmpty());
  EXPECT_THAT(view_session(history_, group(6, 4)).group, SizeIs(10));
  EXPECT_THAT(view_session(history_, group(6, 6)).group, SizeIs(10));
}

TEST_F(SessionViewTest, AnHourHasStretchesOfSeconds) {
  const auto view = view_session(history_, group(6, 1, 3600));
  ASSERT_THAT(view.group, SizeIs(360));
  EXPECT_EQ(view.group[1].begin, 10);
  EXPECT_EQ(view.group[1].length, 10);
  EXPECT_EQ(view.group[1].seen, 6);
  ASSERT_THAT(view.stretches.at(1), SizeIs(360));
  EXPECT_EQ(view.stretches.at(1)[1].seen, 10);
  EXPECT_THAT(view_session(history_, view.info.id, 60).group, SizeIs(60));
}

TEST_F(SessionViewTest, MoreThanAnHourHasMinutes) {
  const auto view = view_session(history_, group(6, 1, 3660));
  ASSERT_THAT(view.group, SizeIs(61));
  EXPECT_EQ(view.group[60].begin, 3600);
  EXPECT_EQ(view.group[60].length, 60);
  EXPECT_FLOAT_EQ(view.group[60].shares[4], 1.0F / 6);
  ASSERT_THAT(view.stretches.at(1), SizeIs(61));
  EXPECT_EQ(view.stretches.at(1)[60].seen, 60);
}

TEST_F(SessionViewTest, AGlanceOfFourDoesNotMakeAGroupOfOne) {
  const auto session = group(1, 0, 4000);
  for (int i = 2; i <= 5; ++i) add(session, {.number = i}, 60, 80, Expression::happy);
  EXPECT_THAT(view_session(history_, session).group, IsEmpty());
  for (int i = 2; i <= 5; ++i) add(session, {.number = i}, 60, 95, Expression::happy);
  const auto view = view_session(history_, session);
  ASSERT_THAT(view.group, SizeIs(1));
  EXPECT_EQ(view.group[0].begin, 60);
  EXPECT_FLOAT_EQ(view.group[0].shares[4], 0.2F);
}

TEST_F(SessionViewTest, ASessionThatIsRecordedLastsAsLongAsItsData) {
  const auto session = begin(SessionKind::live);
  EXPECT_EQ(view_session(history_, session).duration, 0);
  add(session, {.number = 1}, 0, 25, Expression::happy);
  EXPECT_EQ(view_session(history_, session).duration, 25);
}

}  // namespace
}  // namespace mien
