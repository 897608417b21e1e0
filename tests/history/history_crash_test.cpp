// A program that is killed while it records.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "history/session_recorder.h"
#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// Records a face that is happy, ten results a second, until it is killed.
[[noreturn]] void record_for_ever(const std::filesystem::path& file) {
  History history(file);
  const auto id = history.begin({.name = "killed", .started = 1.7e9});
  SessionRecorder recorder;
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  auto written = begun;
  for (;;) {
    const auto now = Clock::now();
    const double time = std::chrono::duration<double>(now - begun).count();
    const auto face = some_face(1, Expression::happy);
    recorder.observe(1, time, &face);
    if (now - written >= std::chrono::milliseconds(500)) {
      history.write(id, recorder.take(time));
      written = now;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

using HistoryCrash = HistoryTest;

TEST_F(HistoryCrash, AKillLosesTwoSecondsAtMost) {
  const auto begun = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) record_for_ever(file());
  std::this_thread::sleep_for(std::chrono::milliseconds(4300));
  const double lived =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  std::string told;
  const History history(file(), History::Use::look, [&](const std::string& line) { told = line; });
  EXPECT_THAT(told, HasSubstr("a session was cut off before its end"));
  const auto session = history.session(1).value();
  EXPECT_TRUE(session.interrupted);
  const auto seconds = history.seconds(1);
  ASSERT_FALSE(seconds.empty());
  const double kept = static_cast<double>(seconds.back().second + 1);
  EXPECT_GE(kept, lived - 2.3);  // a process takes its time to begin
  EXPECT_EQ(seconds.size(), static_cast<std::size_t>(kept)) << "without a gap";
  EXPECT_EQ(session.ended, 1.7e9 + kept);
  for (const auto& second : seconds) EXPECT_GT(second.seen, 0.5);
}

TEST_F(HistoryCrash, DamageIsFoundAfterIt) {
  {
    History history(file());
    const auto id = history.begin({.name = "damaged", .started = 1});
    history.write(id, {.participants = {{.number = 1}}});
    for (int i = 0; i < 3000; ++i) {
      history.write(id, {.events = {{.time = 1, .text = std::string(200, 'x')}}});
    }
  }
  ASSERT_GT(std::filesystem::file_size(file()), 100'000U);
  std::fstream damage(file(), std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(60'000);
  damage << std::string(20'000, '\x55');
  damage.close();
  try {
    const History history(file());
    FAIL() << "damage was not found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("damaged"));
  }
}

}  // namespace
}  // namespace mien
