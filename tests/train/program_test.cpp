// The program itself: killed in mid-epoch and resumed, and given wrong input.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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

/// Its stderr goes to a file.
pid_t start(std::vector<std::string> words, const std::filesystem::path& errors) {
  const auto program = path_from_environment("MIEN_BIN") / "mien-train";
  words.insert(words.begin(), program);
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int file = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, STDERR_FILENO);
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

pid_t start_training(const std::filesystem::path& folder, const std::string& run, bool resume) {
  std::vector<std::string> words = {
      "train", folder / "made.toml", "--data",    folder / "fer2013.csv",
      "--out", folder / run,         "--threads", "1"};
  if (resume) words.emplace_back("--resume");
  return start(words, "/dev/null");
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

struct WrongUse {
  std::vector<std::string> words;
  int status;
  std::string message;
};

TEST(Program, WrongUseIsOneLineAndADocumentedStatus) {
  const TemporaryFolder folder;
  const auto in = [&](const char* name) { return (folder.path() / name).string(); };
  write_made_fer2013(folder.path(), 70, 70);
  write_text(folder.path() / "made.toml", made_recipe("mini_xception", 1));
  write_text(folder.path() / "wrong.toml", made_recipe("mini_xception", 1) + "speed = 3\n");
  std::filesystem::copy_file(in("fer2013.csv"), in("cut.csv"));
  std::filesystem::resize_file(in("cut.csv"), std::filesystem::file_size(in("cut.csv")) - 3000);

  const std::vector<WrongUse> cases = {
      {{}, 2, "subcommand"},
      {{"learn"}, 2, "unknown command 'learn'"},
      {{"train", "--data", in("fer2013.csv"), "--out", in("run")}, 2, "no recipe"},
      {{"train", in("made.toml"), "--out", in("run")}, 2, "--data is required; see mien train"},
      {{"train", in("wrong.toml"), "--data", in("fer2013.csv"), "--out", in("run")},
       2,
       "unknown key 'training.speed'"},
      {{"train", in("none.toml"), "--data", in("fer2013.csv"), "--out", in("run")},
       3,
       "none.toml: cannot be read"},
      {{"train", in("made.toml"), "--data", in("none.csv"), "--out", in("run")},
       3,
       "none.csv: no such file"},
      {{"train", in("made.toml"), "--data", in("cut.csv"), "--out", in("run")}, 4, "line 141:"},
      {{"train", in("made.toml"), "--data", in("fer2013.csv"), "--out", in("run"), "--device", "x"},
       2,
       "--device 'x' is unknown"},
      {{"train", in("made.toml"), "--data", in("fer2013.csv"), "--out", in("run"), "--init",
        in("made.toml")},
       4,
       "made.toml: no weights can be read"},
      {{"export", in("none"), "--out", in("model.onnx")}, 3, "holds no run"}};
  for (const auto& wrong : cases) {
    const int status = wait_for(start(wrong.words, folder.path() / "errors"));
    const auto errors = read_text(folder.path() / "errors");
    ASSERT_TRUE(WIFEXITED(status)) << wrong.message;
    EXPECT_EQ(WEXITSTATUS(status), wrong.status) << errors;
    EXPECT_THAT(errors, testing::HasSubstr(wrong.message));
    EXPECT_THAT(errors, testing::StartsWith("mien: "));
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
    EXPECT_FALSE(std::filesystem::exists(in("run"))) << wrong.message;
    EXPECT_FALSE(std::filesystem::exists(in("model.onnx")));
  }
}

}  // namespace
}  // namespace mien::test
