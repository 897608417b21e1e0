// What is written into a history and read from it, its versions, and what is wrong with files.
#include "history/history.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

template <typename Work>
std::string error_of(ErrorCode code, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

SessionInfo lesson() {
  return {.name = "lesson",
          .kind = SessionKind::group,
          .started = 1.7e9,
          .source = "camera:0",
          .model = "mien-base",
          .purpose = "to see what is understood",
          .agreed = "all of 9b",
          .indicators = true};
}

Participant ada() { return {.number = 1, .name = "Ada", .shown = true, .first = 0.5, .last = 2}; }

using HistoryFile = HistoryTest;

TEST_F(HistoryFile, KeepsWhatWasWritten) {
  History history(file());
  const auto id = history.begin(lesson());
  auto rested = ada();
  rested.rest = surely(Expression::neutral, 0.7F);
  history.write(id, {.participants = {rested},
                     .seconds = {some_second(1, 0, Expression::happy, 0.25)},
                     .events = {{.time = 0.5, .kind = EventKind::came, .participant = 1},
                                {.time = 7,
                                 .kind = EventKind::change,
                                 .participant = 1,
                                 .from = Expression::happy,
                                 .to = Expression::sad},
                                {.time = 8, .kind = EventKind::mark, .text = "Slide 3"}},
                     .key_frames = {{.time = 1.5,
                                     .participant = 1,
                                     .expression = Expression::happy,
                                     .until = 4,
                                     .jpeg = {1, 2, 3}}}});
  history.end(id, 1.7e9 + 60);

  const auto info = history.session(id).value();
  EXPECT_EQ(info.name, "lesson");
  EXPECT_EQ(info.kind, SessionKind::group);
  EXPECT_EQ(info.purpose, "to see what is understood");
  EXPECT_EQ(info.agreed, "all of 9b");
  EXPECT_EQ(info.ended, 1.7e9 + 60);
  EXPECT_FALSE(info.interrupted);
  EXPECT_TRUE(info.indicators);
  const auto participants = history.participants(id);
  ASSERT_THAT(participants, SizeIs(1));
  EXPECT_EQ(participants[0].name, "Ada");
  EXPECT_NEAR(participants[0].rest.value()[6], 0.7, 1e-6);
  const auto seconds = history.seconds(id);
  ASSERT_THAT(seconds, SizeIs(1));
  EXPECT_EQ(seconds[0].seen, 0.25);
  EXPECT_EQ(seconds[0].expression, Expression::happy);
  EXPECT_NEAR(seconds[0].probabilities[3], 0.9, 1e-3);
  const auto events = history.events(id);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[1].from, Expression::happy);
  EXPECT_EQ(events[1].to, Expression::sad);
  EXPECT_EQ(events[2].text, "Slide 3");
  EXPECT_EQ(events[2].participant, 0);
  EXPECT_THAT(history.key_frames(id).at(0).jpeg, ElementsAre(1, 2, 3));
}

TEST_F(HistoryFile, IsForItsUserAlone) {
  const History history(file());
  struct stat status = {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(HistoryFile, MinutesAddUpTheSeconds) {
  History history(file());
  const auto id = history.begin(lesson());
  history.write(id, {.participants = {ada()}});
  // Second by second, as it is recorded: 0..69 happy, then sad.
  for (long long second = 0; second < 130; ++second) {
    const auto expression = second < 70 ? Expression::happy : Expression::sad;
    history.write(id, {.seconds = {some_second(1, second, expression, 0.5)}});
  }
  const auto minutes = history.minutes(id);
  ASSERT_THAT(minutes, SizeIs(3));
  EXPECT_EQ(minutes[0].seconds, 60);
  EXPECT_EQ(minutes[0].seen, 30);
  EXPECT_EQ(minutes[0].shown[3], 60);
  EXPECT_EQ(minutes[0].changes, 0);
  EXPECT_EQ(minutes[1].shown[3], 10);
  EXPECT_EQ(minutes[1].shown[4], 50);
  EXPECT_EQ(minutes[1].changes, 1);
  EXPECT_EQ(minutes[2].seconds, 10);
  EXPECT_EQ(minutes[2].changes, 0);
  EXPECT_NEAR(minutes[1].probabilities[4], (50 * 0.9 + 10 * 0.1 / 6) / 60, 1e-3);
}

TEST_F(HistoryFile, AnIdIsNeverGivenTwice) {
  History history(file());
  const auto first = history.begin(lesson());
  history.end(first, 1.7e9);
  history.remove(first);
  EXPECT_GT(history.begin(lesson()), first);
}

TEST_F(HistoryFile, WhatIsDeletedIsGoneFromTheDisk) {
  History history(file());
  const auto kept = history.begin(lesson());
  auto info = lesson();
  info.name = "Walnut-session";
  const auto id = history.begin(info);
  for (int i = 1; i <= 200; ++i) {
    history.write(id, {.participants = {{.number = i, .name = "Quaggletree" + std::to_string(i)}},
                       .seconds = {some_second(i, i, Expression::sad)},
                       .events = {{.time = 1, .kind = EventKind::mark, .text = "Zanzibarquestion"}},
                       .key_frames = {{.participant = i, .jpeg = {'P', 'i', 'x', 'e', 'l', 'o'}}}});
  }
  history.write(kept, {.participants = {{.number = 1, .name = "Remains"}}});
  EXPECT_THAT(bytes(), HasSubstr("Quaggletree"));
  history.remove_participant(id, 7);
  EXPECT_THAT(bytes(), testing::Not(HasSubstr("Quaggletree7\x01")));
  EXPECT_THAT(history.participants(id), SizeIs(199));
  history.remove(id);
  const auto left = bytes();
  for (const auto* word : {"Walnut", "Quaggletree", "Zanzibarquestion", "Pixelo"}) {
    EXPECT_THAT(left, testing::Not(HasSubstr(word)));
  }
  EXPECT_THAT(left, HasSubstr("Remains"));
  EXPECT_THAT(history.seconds(id), IsEmpty());
}

TEST_F(HistoryFile, ADeletedParticipantTakesAllAlong) {
  History history(file());
  const auto id = history.begin(lesson());
  for (const int number : {1, 2}) {
    history.write(id, {.participants = {{.number = number, .name = "name"}},
                       .seconds = {some_second(number, 1, Expression::sad)},
                       .events = {{.time = 1, .kind = EventKind::came, .participant = number}},
                       .key_frames = {{.participant = number, .jpeg = {1}}}});
  }
  history.remove_participant(id, 1);
  EXPECT_THAT(history.participants(id), SizeIs(1));
  EXPECT_THAT(history.seconds(id), SizeIs(1));
  EXPECT_THAT(history.minutes(id), SizeIs(1));
  EXPECT_THAT(history.events(id), SizeIs(1));
  EXPECT_THAT(history.key_frames(id), SizeIs(1));
}

/// What the first version's tables were.
constexpr const char* kFirstVersion = R"sql(
CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kind TEXT NOT NULL,
  started REAL NOT NULL, ended REAL, interrupted INTEGER NOT NULL DEFAULT 0, source TEXT NOT NULL,
  model TEXT NOT NULL);
CREATE TABLE participant (session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  number INTEGER NOT NULL, name TEXT NOT NULL, shown INTEGER NOT NULL, first REAL NOT NULL,
  last REAL NOT NULL, PRIMARY KEY (session, number)) WITHOUT ROWID;
CREATE TABLE second (session INTEGER NOT NULL, participant INTEGER NOT NULL,
  second INTEGER NOT NULL, seen INTEGER NOT NULL, expression INTEGER NOT NULL,
  uncertain INTEGER NOT NULL, confidence INTEGER NOT NULL, angry INTEGER NOT NULL,
  disgust INTEGER NOT NULL, fear INTEGER NOT NULL, happy INTEGER NOT NULL, sad INTEGER NOT NULL,
  surprise INTEGER NOT NULL, neutral INTEGER NOT NULL, PRIMARY KEY (session, participant, second),
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE)
  WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE, participant INTEGER,
  time REAL NOT NULL, kind TEXT NOT NULL, before INTEGER, after INTEGER, until REAL,
  text TEXT NOT NULL,
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE);
CREATE INDEX event_of_session ON event(session, participant, time);
PRAGMA user_version = 1;
PRAGMA application_id = 1298752878;
INSERT INTO session VALUES (1, 'old', 'analysis', 1.6e9, 1.6e9 + 100, 0, 'a.mp4', 'mien-base');
INSERT INTO participant VALUES (1, 4, '', 0, 0, 100);
INSERT INTO second VALUES (1, 4, 59, 1000, 3, 0, 900, 0, 0, 0, 900, 0, 0, 100);
INSERT INTO second VALUES (1, 4, 60, 500, 4, 0, 800, 0, 0, 0, 0, 800, 0, 200);
INSERT INTO event VALUES (1, 1, 4, 0.0, 'came', NULL, NULL, NULL, '');
)sql";

TEST_F(HistoryFile, TheFirstVersionIsBroughtUpToDate) {
  {
    SQLite::Database old(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(kFirstVersion);
  }
  History history(file(), History::Use::look);
  const auto session = history.session(1).value();
  EXPECT_EQ(session.name, "old");
  EXPECT_EQ(session.purpose, "");
  const auto minutes = history.minutes(1);
  ASSERT_THAT(minutes, SizeIs(2));
  EXPECT_EQ(minutes[0].shown[3], 1);
  EXPECT_EQ(minutes[1].changes, 1);
  EXPECT_EQ(history.participants(1).at(0).rest, std::nullopt);
  EXPECT_EQ(history.events(1).at(0).kind, EventKind::came);
  const auto next = history.begin(lesson());  // its ids go on
  EXPECT_EQ(next, 2);
}

TEST_F(HistoryFile, ANewerVersionIsRefused) {
  { const History made(file()); }
  {
    SQLite::Database newer(file().string(), SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 99");
  }
  EXPECT_THAT(error_of(ErrorCode::model, [&] { const History history(file()); }),
              HasSubstr("made by a newer Mien (version 99"));
}

TEST_F(HistoryFile, OtherFilesAreRefused) {
  std::ofstream(file()) << std::string(5000, 'x');
  EXPECT_THAT(error_of(ErrorCode::model, [&] { const History history(file()); }),
              HasSubstr("no history of Mien"));
  const auto other = folder / "other.db";
  {
    SQLite::Database database(other.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("CREATE TABLE bookmarks (url TEXT)");
  }
  EXPECT_THAT(error_of(ErrorCode::model, [&] { const History history(other); }),
              HasSubstr("a database of another program"));
  EXPECT_THAT(error_of(ErrorCode::input, [&] { const History history(folder); }),
              HasSubstr("a folder"));
  EXPECT_THAT(
      error_of(ErrorCode::input, [&] { const History h(folder / "no.db", History::Use::look); }),
      HasSubstr("there is no history"));
  EXPECT_FALSE(std::filesystem::exists(folder / "no.db"));
}

TEST_F(HistoryFile, AFolderThatCannotBeMadeIsSaid) {
  std::ofstream(folder / "file") << "";
  EXPECT_THAT(
      error_of(ErrorCode::internal, [&] { const History history(folder / "file" / "h.db"); }),
      HasSubstr("check the folder's permissions"));
}

TEST_F(HistoryFile, ALockedFileIsSaidAfterSomeSeconds) {
  History history(file());
  const auto id = history.begin(lesson());
  SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  EXPECT_THAT(error_of(ErrorCode::internal, [&] { history.write(id, {.participants = {ada()}}); }),
              HasSubstr("locked by another program"));
  other.exec("COMMIT");
  history.write(id, {.participants = {ada()}});  // and goes on
  EXPECT_THAT(history.participants(id), SizeIs(1));
}

TEST_F(HistoryFile, AFullDiskIsSaidAndWhatWasWrittenIsKept) {
  History history(file());
  const auto id = history.begin(lesson());
  history.write(id, {.participants = {ada()}});
  // As if the disk ended there.
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 400'000, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  long long written = 0;
  std::string message;
  try {
    for (; written < 100'000; ++written) {
      history.write(id, {.seconds = {some_second(1, written, Expression::happy)}});
    }
  } catch (const Error& error) {
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, HasSubstr("check the disk's free space"));
  EXPECT_THAT(history.seconds(id), SizeIs(written));
  history.write(id, {.seconds = {some_second(1, written, Expression::happy)}});
  EXPECT_THAT(history.seconds(id), SizeIs(written + 1));
}

TEST_F(HistoryFile, TwoMayRecordAtOnce) {
  History one(file());
  History other(file());
  const auto first = one.begin(lesson());
  const auto second = other.begin(lesson());
  one.write(first, {.participants = {ada()}});
  other.write(second, {.participants = {ada()}});
  const History third(file(), History::Use::look);
  EXPECT_THAT(third.sessions(), SizeIs(2));
  EXPECT_EQ(third.sessions().at(0).ended, std::nullopt) << "it is still recorded";
}

TEST_F(HistoryFile, StrangeNumbersDoNoHarm) {
  History history(file());
  const auto id = history.begin(lesson());
  auto second = some_second(1, 3, Expression::fear);
  second.confidence = std::numeric_limits<double>::quiet_NaN();
  second.seen = 17;
  history.write(id, {.participants = {ada()}, .seconds = {second}});
  EXPECT_EQ(history.seconds(id).at(0).confidence, 0);
  EXPECT_EQ(history.seconds(id).at(0).seen, 1);
}

TEST(DefaultHistory, FollowsTheEnvironment) {
  const auto path = default_history_path().string();
  EXPECT_THAT(path, testing::AnyOf(HasSubstr("mien"), HasSubstr("history")));
}

}  // namespace
}  // namespace mien
