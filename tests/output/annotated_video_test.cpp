#include "output/annotated_video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "mien/error.h"
#include "output/frame_timing.h"
#include "test_pictures.h"

namespace mien {
namespace {

using testing::ElementsAre;

Frame gray_frame(int width, int height, double time, int level) {
  Frame frame;
  frame.picture = Image(width, height, PixelFormat::bgr);
  std::ranges::fill(frame.picture.pixels(), static_cast<std::uint8_t>(level));
  frame.time = time;
  return frame;
}

SourceInfo source_with_rate(double rate) {
  SourceInfo source;
  source.name = "a.mp4";
  source.rate = rate;
  return source;
}

struct Video {
  double rate = 0;
  cv::Size size;
  std::vector<int> levels;  ///< of each frame, at its centre, to the next ten
  cv::Mat last;
};

Video read_video(const std::filesystem::path& path) {
  cv::VideoCapture reader(path.string(), cv::CAP_FFMPEG);
  Video video;
  video.rate = reader.get(cv::CAP_PROP_FPS);
  for (cv::Mat frame; reader.read(frame);) {
    video.size = frame.size();
    video.levels.push_back((frame.at<cv::Vec3b>(frame.rows / 2, frame.cols / 2)[1] + 5) / 10 * 10);
    video.last = frame.clone();
  }
  return video;
}

long files_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

TEST(AnnotatedVideo, HasTheRateSizeAndFramesOfItsSource) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / "new/a.mp4", source_with_rate(30));
  for (int i = 0; i < 20; ++i) video.write(gray_frame(64, 48, 2 + i / 30.0, 10 * i));
  EXPECT_FALSE(std::filesystem::exists(video.path()));
  EXPECT_TRUE(video.finish());
  EXPECT_TRUE(video.finish());
  const auto result = read_video(video.path());
  EXPECT_NEAR(result.rate, 30, 1e-6);
  EXPECT_EQ(result.size, cv::Size(64, 48));
  ASSERT_EQ(result.levels.size(), 20U);
  EXPECT_EQ(result.levels[10], 100);
  EXPECT_EQ(files_in(folder.path() / "new"), 1);
}

TEST(AnnotatedVideo, FramesStandAtTheirTimes) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(10));
  const auto write = [&](double time, int level) { video.write(gray_frame(64, 48, time, level)); };
  write(0, 0);
  write(0.11, 100);
  write(0.12, 250);  // no place is left for it
  write(0.52, 200);
  write(0.58, 50);
  EXPECT_TRUE(video.finish());
  EXPECT_THAT(read_video(video.path()).levels, ElementsAre(0, 100, 100, 100, 100, 200, 50));
}

TEST(AnnotatedVideo, AnUnknownRateIs25) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(0));
  for (int i = 0; i < 5; ++i) video.write(gray_frame(64, 48, i * 0.04, 90));
  EXPECT_TRUE(video.finish());
  const auto result = read_video(video.path());
  EXPECT_NEAR(result.rate, 25, 1e-6);
  EXPECT_EQ(result.levels.size(), 5U);
}

TEST(AnnotatedVideo, OddSidesGetOneMorePixel) {
  const test::TemporaryFolder folder;
  for (const auto& [width, height] : {std::pair(33, 21), {1, 1}, {2, 301}}) {
    AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(25));
    for (int i = 0; i < 3; ++i) video.write(gray_frame(width, height, i * 0.04, 180));
    EXPECT_TRUE(video.finish());
    const auto result = read_video(video.path());
    EXPECT_EQ(result.size, cv::Size(width + width % 2, height + height % 2));
    EXPECT_THAT(result.levels, ElementsAre(180, 180, 180));
    const auto corner = result.last.at<cv::Vec3b>(result.last.rows - 1, result.last.cols - 1);
    EXPECT_NEAR(corner[1], 180, 6) << "continued, not black";
  }
}

TEST(AnnotatedVideo, FramesOfAnotherSizeAreFittedIn) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(25));
  video.write(gray_frame(160, 80, 0, 200));
  video.write(gray_frame(400, 400, 0.04, 200));
  EXPECT_TRUE(video.finish());
  const auto result = read_video(video.path());
  EXPECT_EQ(result.size, cv::Size(160, 80));
  const auto level = [&](int x, int y) {
    return static_cast<int>(result.last.at<cv::Vec3b>(y, x)[1]);
  };
  EXPECT_LT(level(20, 40), 20);
  EXPECT_LT(level(140, 40), 20);
  EXPECT_NEAR(level(60, 4), 200, 10);
  EXPECT_NEAR(level(100, 76), 200, 10);
}

TEST(AnnotatedVideo, WithoutAnEndOrAFrameThereIsNoFile) {
  const test::TemporaryFolder folder;
  {
    AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(25));
    video.write(gray_frame(64, 48, 0, 90));
  }
  AnnotatedVideo empty(folder.path() / "b.mp4", source_with_rate(25));
  EXPECT_FALSE(empty.finish());
  EXPECT_EQ(files_in(folder.path()), 0);
}

TEST(AnnotatedVideo, NamesMayBeAsLongAsTheFileSystemTakes) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / (std::string(251, 'a') + ".mp4"), source_with_rate(25));
  video.write(gray_frame(64, 48, 0, 90));
  EXPECT_TRUE(video.finish());
  EXPECT_TRUE(std::filesystem::exists(video.path()));
}

TEST(AnnotatedVideo, AFolderThatCannotBeIsAnError) {
  const test::TemporaryFolder folder;
  folder.write("file", {'x'});
  EXPECT_THROW(AnnotatedVideo(folder.path() / "file/a.mp4", source_with_rate(25)), Error);
}

/// As on a full disk, no file can grow beyond some size while this lives.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    static_cast<void>(std::signal(SIGXFSZ, handler_));
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(AnnotatedVideo, AFullDiskIsAnErrorAndLeavesNothing) {
  const test::TemporaryFolder folder;
  AnnotatedVideo video(folder.path() / "a.mp4", source_with_rate(25));
  {
    const SmallFiles limit(4096);
    cv::RNG noise(1);
    for (int i = 0; i < 10; ++i) {
      auto frame = gray_frame(160, 120, i * 0.04, 0);
      for (auto& value : frame.picture.pixels()) value = static_cast<std::uint8_t>(noise.next());
      video.write(frame);
    }
    try {
      video.finish();
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::internal);
      EXPECT_THAT(error.what(), testing::HasSubstr("a.mp4"));
    }
  }
  EXPECT_FALSE(video.finish());
  EXPECT_EQ(files_in(folder.path()), 0);
}

TEST(AnnotatedVideo, WhoStopsDoesNotWaitForAFrameToBeRepeated) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a.mp4";
  AnnotatedVideo video(path, source_with_rate(240));
  std::stop_source stop;
  video.write(gray_frame(64, 48, 0, 0), stop.get_token());
  stop.request_stop();
  video.write(gray_frame(64, 48, 50, 0), stop.get_token());  // 12,000 frames later
  ASSERT_TRUE(video.finish());
  const cv::VideoCapture written(path.string());
  EXPECT_EQ(written.get(cv::CAP_PROP_FRAME_COUNT), 2);
}

TEST(FrameTiming, SmallErrorsOfTheClockDoNotMatter) {
  FrameTiming timing(25);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(timing.advance(5 + i / 25.0 + (i % 3 - 1) * 0.014), 1) << i;
  }
  EXPECT_FALSE(timing.gap_was_cut());
}

TEST(FrameTiming, LongRunsDoNotDrift) {
  FrameTiming timing(29.97);
  long long frames = 0;
  for (int i = 0; i < 200'000; ++i) frames += timing.advance(i / (30000.0 / 1001));
  EXPECT_NEAR(static_cast<double>(frames), 200'000, 1);
}

TEST(FrameTiming, AClockThatJumpsDoesNotFillTheDisk) {
  FrameTiming timing(25);
  EXPECT_EQ(timing.advance(0), 1);
  EXPECT_EQ(timing.advance(10), 250);
  EXPECT_EQ(timing.advance(1e12), 1);
  EXPECT_EQ(timing.advance(1e12 + 0.04), 1);
  EXPECT_EQ(timing.advance(-1e12), 1);
  EXPECT_EQ(timing.advance(std::numeric_limits<double>::quiet_NaN()), 1);
  EXPECT_TRUE(timing.gap_was_cut());
}

TEST(FrameTiming, SlowSourcesHaveNoGaps) {
  FrameTiming timing(0.01);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(timing.advance(i * 100.0), 1);
  EXPECT_FALSE(timing.gap_was_cut());
}

TEST(FrameTiming, SenselessRatesBecome25) {
  for (const double rate : {0.0, -5.0, 90'000.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(FrameTiming(rate).rate(), 25);
  }
}

}  // namespace
}  // namespace mien
