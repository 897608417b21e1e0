// How the program mien ends before its input does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "video_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using test::MienOnVideo;
using test::RunningMien;
using testing::IsEmpty;
using testing::SizeIs;

class Stopping : public MienOnVideo {
 protected:
  /// On frames of 96 x 64 pixels from standard input.
  std::vector<std::string> endless() const {
    return {"analyze",     "--csv",      path("a.csv"), "--output",
            path("o.mp4"), "--raw-size", "96x64",       "-"};
  }

  /// Gives frames without end.
  static std::jthread feed(RunningMien& program) {
    return std::jthread([&program] {
      while (program.write(test::Bytes(96 * 64 * 3, 100))) {
      }
    });
  }

  void expect_outputs_are_whole() const {
    EXPECT_TRUE(test::read_text(path("a.csv")).starts_with("source,"));
    EXPECT_GT(count_frames(path("o.mp4")), 0);
  }
};

TEST_F(Stopping, ASignalEndsTheWorkInOrder) {
  for (const int signal : {SIGINT, SIGTERM}) {
    RunningMien program(endless(), program_options());
    const auto feeder = feed(program);
    while (program.written().empty()) ::usleep(10000);
    program.send(signal);
    const auto result = program.wait();
    EXPECT_EQ(result.signal, signal);
    EXPECT_THAT(result.err, IsEmpty());
    const auto lines = result.out_lines();
    EXPECT_EQ(json::parse(lines.back()).at("frame"), lines.size() - 1);
    expect_outputs_are_whole();
    EXPECT_EQ(count_frames(path("o.mp4")), std::ssize(lines));
    std::filesystem::remove(path("a.csv"));
    std::filesystem::remove(path("o.mp4"));
  }
}

TEST_F(Stopping, ASignalEndsAnInputThatGivesNothing) {
  RunningMien program(endless(), program_options());
  program.write(test::Bytes(96 * 64 * 3, 100));
  while (!std::filesystem::exists(path("a.csv.part" + std::to_string(program.id())))) {
    ::usleep(10000);
  }
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().signal, SIGTERM);
  EXPECT_TRUE(std::filesystem::exists(path("a.csv")));
}

TEST_F(Stopping, ASecondSignalEndsItAtOnce) {
  RunningMien program(endless(), program_options(), RunningMien::Out::pipe);
  const auto feeder = feed(program);
  program.wait_for_output();
  ::usleep(200000);  // it waits for who reads its output, and would for ever
  std::optional<test::ProgramResult> result;
  while (!(result = program.ended())) {
    program.send(SIGINT);
    ::usleep(20000);
  }
  EXPECT_EQ(result->signal, SIGINT);
}

TEST_F(Stopping, AReaderThatHasReadEnoughIsNoError) {
  RunningMien program(endless(), program_options(), RunningMien::Out::pipe);
  const auto feeder = feed(program);
  program.wait_for_output();
  program.close_output();
  const auto result = program.wait();
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  expect_outputs_are_whole();
}

TEST_F(Stopping, AReaderThatHasGoneEndsPicturesToo) {
  std::vector<std::string> arguments = {"analyze", "--csv", path("a.csv")};
  for (int i = 0; i < 50; ++i) arguments.push_back(write_picture(std::to_string(i) + ".png"));
  RunningMien program(arguments, program_options(), RunningMien::Out::pipe);
  program.close_output();
  const auto result = program.wait();
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(path("a.csv")));
}

TEST_F(Stopping, AFullDiskIsAnErrorWithTheOtherOutputsFinished) {
  const auto video = write_video("a.avi", 5);
  const auto result =
      run({"analyze", "--csv", path("a.csv"), "--output", path("o.mp4"), video}, "/dev/full");
  test::expect_one_error(result, 1, "standard output");
  expect_outputs_are_whole();
}

}  // namespace
}  // namespace mien
