// The program itself, killed in mid-epoch and resumed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "made_dataset.h"

namespace mien::test {
namespace {

using namespace std::chrono_literals;

constexpr int kEpochs = 4;

pid_t start_training(const std::filesystem::path& folder, const std::string& run, bool resume) {
  const auto program = path_from_environment("MIEN_BIN") / "mien-train";
  std::vector<std::string> words = {
      program, "train",      folder / "made.toml", "--data", folder / "fer2013.csv",
      "--out", folder / run, "--threads",          "1"};
  if (resume) words.emplace_back("--resume");
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDERR_FILENO);
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// Without what depends on the clock.
std::vector<nlohmann::json> metrics(const std::filesystem::path& run) {
  std::vector<nlohmann::json> epochs;
  std::istringstream lines(read_text(run / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    auto epoch = nlohmann::json::parse(line);
    epoch.erase("seconds");
    epoch.erase("images_per_second");
    epochs.push_back(epoch);
  }
  return epochs;
}

bool wait_until_exists(const std::filesystem::path& path, pid_t child) {
  for (int i = 0; i < 12000; ++i) {
    if (std::filesystem::exists(path)) return true;
    if (::kill(child, 0) != 0) return false;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(Resume, AfterAKillInMidEpochTheMetricsAreTheSame) {
  const TemporaryFolder folder;
  write_made_fer2013(folder.path(), 700, 70);
  write_text(folder.path() / "made.toml", made_recipe("mini_xception", kEpochs));

  ASSERT_EQ(wait_for(start_training(folder.path(), "whole", false)), 0);
  const auto whole = metrics(folder.path() / "whole");
  ASSERT_EQ(whole.size(), std::size_t{kEpochs});

  const auto killed = folder.path() / "killed";
  const auto child = start_training(folder.path(), "killed", false);
  ASSERT_TRUE(wait_until_exists(killed / "checkpoint.pt", child));
  std::this_thread::sleep_for(50ms);  // into the next epoch, which takes several times longer
  ::kill(child, SIGKILL);
  ASSERT_TRUE(WIFSIGNALED(wait_for(child))) << "it ended before it was killed";
  ASSERT_LT(metrics(killed).size(), std::size_t{kEpochs});

  ASSERT_EQ(wait_for(start_training(folder.path(), "killed", true)), 0);
  EXPECT_EQ(metrics(killed), whole);
  EXPECT_EQ(read_text(killed / "result.json"), read_text(folder.path() / "whole" / "result.json"));
}

}  // namespace
}  // namespace mien::test
