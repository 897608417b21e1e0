// mien bench.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "video_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using test::expect_one_error;
using test::MienOnVideo;

TEST_F(MienOnVideo, BenchGivesTheTimesAsJson) {
  const auto video = write_video("a.avi", 10);
  const auto result = run({"bench", video, "--frames", "6", "--repeat", "2", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto times = json::parse(result.out);
  EXPECT_EQ(times.at("frames"), 6);
  EXPECT_EQ(times.at("runs"), 2);
  EXPECT_EQ(times.at("width"), kWidth);
  EXPECT_GE(times.at("cores"), 1);
  for (const auto* stage : {"decode", "detect", "crop", "network", "write", "annotate"}) {
    const auto& statistics = times.at("stages_ms").at(stage);
    EXPECT_LE(statistics.at("q1"), statistics.at("median")) << stage;
    EXPECT_LE(statistics.at("median"), statistics.at("q3")) << stage;
  }
  EXPECT_GT(times.at("end_to_end_frames_per_second").at("median"), 0);
}

TEST_F(MienOnVideo, BenchNeedsAFileThatItCanReadAgain) {
  expect_one_error(run({"bench", "--raw-size", "96x64", "-"}), 2, "give a video file");
  expect_one_error(run({"bench", path("none.avi")}), 3, "none.avi");
  expect_one_error(run({"bench"}), 2, "INPUT");
}

}  // namespace
}  // namespace mien
