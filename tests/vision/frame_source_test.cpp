#include "mien/frame_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "made_video.h"
#include "vision/source/source_name.h"
#include "vision/source/stream_clock.h"

namespace mien {
namespace {

using test::Given;
using test::refusal;
using test::take_all;
using test::TemporaryFolder;
using test::write_video;
using testing::AllOf;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;
using testing::SizeIs;

constexpr double kEnds = std::numeric_limits<double>::infinity();

// ---- Names

TEST(FrameSourceName, IsAScheme) {
  for (const auto* name :
       {"-", "camera:0", "rtsp://host/a", "rtsps://host", "http://host/a.jpg", "HTTPS://host/",
        "a.mp4", "b/c.MKV", "x.webm", "img_%05d.png", "%d.jpg"}) {
    EXPECT_TRUE(has_frame_source_name(name)) << name;
  }
}

TEST(FrameSourceName, IsNoPictureNorFolder) {
  for (const auto* name : {"", "a.jpg", "folder", "mp4", "100%.png", "img_%5d.png", "img_%s.png",
                           "%03d/a.png", "%d_%d.png", "ftp://host/a", "./-"}) {
    EXPECT_FALSE(has_frame_source_name(name)) << name;
  }
}

TEST(FrameSourceName, OfAFileThatIsThereIsNoPattern) {
  const TemporaryFolder folder;
  const auto path = folder.write("a%02d.png", test::encoded(test::four_quarters(), ".png"));
  EXPECT_FALSE(has_frame_source_name(path.string()));
}

TEST(FrameSourceName, HoldsTheCamerasNumber) {
  EXPECT_EQ(camera_number("camera:0"), 0);
  EXPECT_EQ(camera_number("camera:12"), 12);
  EXPECT_EQ(camera_number("video.mp4"), std::nullopt);
  for (const auto* name : {"camera:", "camera:-1", "camera:x", "camera:1234", "camera:1 "}) {
    EXPECT_EQ(refusal(name).code, ErrorCode::usage) << name;
  }
}

TEST(FrameSourceName, OfASequenceGivesItsFiles) {
  const auto pattern = sequence_pattern("a/img_%03d.png").value();
  EXPECT_EQ(pattern.path(7), "a/img_007.png");
  EXPECT_EQ(pattern.path(1234), "a/img_1234.png");
  EXPECT_EQ(pattern.number("img_007.png"), 7);
  EXPECT_EQ(pattern.number("img_1234.png"), 1234);
  for (const auto* name : {"img_7.png", "img_0007.png", "img_.png", "img_00a.png", "img_007.jpg",
                           "img_99999999999999999999.png"}) {
    EXPECT_EQ(pattern.number(name), std::nullopt) << name;
  }
}

// ---- Options

TEST(FrameSourceOptions, ReadRawSizes) {
  const auto plain = parse_raw_size("640x480");
  EXPECT_EQ(plain.width, 640);
  EXPECT_EQ(plain.height, 480);
  EXPECT_EQ(plain.rate, 25);
  EXPECT_EQ(parse_raw_size("8x4@29.97").rate, 29.97);
}

TEST(FrameSourceOptions, RefuseRawSizes) {
  for (const auto* text :
       {"640", "x", "640x", "x480", "0x4", "4x-4", "4x4@", "4x4@0", "4x4@-1", "4x4@nan", "4x4@1e9",
        "4x4x4", " 4x4", "4x4 ", "20000x20000", "99999999999x1", "4x4@25fps"}) {
    EXPECT_EQ(refusal("-", {.raw_size = text}).code, ErrorCode::usage) << text;
  }
}

TEST(FrameSourceOptions, AreRefusedOutOfRange) {
  const double none = std::nan("");
  const std::vector<FrameSourceOptions> wrong = {
      {.start = -1},
      {.start = none},
      {.start = kEnds},
      {.end = 0},
      {.start = 2, .end = 1},
      {.end = none},
      {.every = 0},
      {.every = -3},
      {.rate = 0},
      {.rate = none},
      {.rate = 1001},
      {.every = 2, .rate = 5},
      {.longest_side = -1},
      {.connect_seconds = 0},
      {.connect_seconds = none},
      {.reconnects = -1},
      {.connect_seconds = 4000},
      {.raw_size = "4x4"},
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(refusal("none.mp4", wrong[i]).code, ErrorCode::usage) << i;
  }
}

// ---- What cannot be opened

TEST(FrameSource, ReportsTheReasonOfEachReader) {
  const auto refused = refusal("/none/50%.mp4");
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words, AllOf(HasSubstr("/none/50%.mp4: "), HasSubstr("image sequence: "),
                                   HasSubstr("video file: no such file")));
}

TEST(FrameSource, ReportsOnlyTheReadersThatFit) {
  const auto refused = refusal("/none/video.mp4");
  EXPECT_THAT(refused.words, AllOf(HasSubstr("/none/video.mp4: no such file"),
                                   testing::Not(HasSubstr("image sequence"))));
}

TEST(FrameSource, NamesAnUnknownScheme) {
  EXPECT_THAT(refusal("ftp://host/a").words, HasSubstr("no reader for ftp://"));
}

TEST(FrameSource, NamesACameraThatIsNotThere) {
  const auto refused = refusal("camera:999");
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words, HasSubstr("/dev/video999"));
}

TEST(FrameSource, RefusesFoldersEmptyFilesAndOtherFiles) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal(folder.path().string()).words, HasSubstr("a folder"));
  EXPECT_THAT(refusal(folder.write("a.mp4", {}).string()).words, HasSubstr("the file is empty"));
  const test::Bytes text(3000, 'a');
  const auto refused = refusal(folder.write("b.mp4", text).string());
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words, HasSubstr("it is damaged or no video"));
}

// ---- Which frames, when and how large

class FrameSourceTest : public testing::Test {
 protected:
  FrameSourceTest() { write_video(video(), 20); }
  std::string video() const { return (folder_.path() / "made.mp4").string(); }

  TemporaryFolder folder_;
};

TEST_F(FrameSourceTest, GivesAllFramesOfAFile) {
  const auto source = open_frame_source(video());
  EXPECT_EQ(source->info().name, video());
  EXPECT_EQ(source->info().file, video());
  EXPECT_FALSE(source->info().live);
  EXPECT_EQ(source->info().rate, 10);
  EXPECT_EQ(source->info().frames, 20);
  const auto given = take_all(*source);
  EXPECT_EQ(given.error, "");
  ASSERT_THAT(given.numbers, SizeIs(20));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(given.numbers[i], i);
    EXPECT_EQ(given.indices[i], i);
    EXPECT_NEAR(given.times[i], i / 10.0, 1e-6);
  }
  EXPECT_THAT(given.sizes, Each(cv::Size(64, 48)));
}

TEST_F(FrameSourceTest, KeepsToStartAndEnd) {
  const auto source = open_frame_source(video(), {.start = 0.5, .end = 0.9});
  EXPECT_EQ(source->info().frames, 4);
  const auto given = take_all(*source);
  EXPECT_THAT(given.numbers, ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(given.indices, ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(given.times, Pointwise(DoubleNear(1e-6), {0.5, 0.6, 0.7, 0.8}));
  EXPECT_EQ(given.error, "");
}

TEST_F(FrameSourceTest, TakesEveryNth) {
  const auto source = open_frame_source(video(), {.start = 0.3, .every = 7});
  EXPECT_NEAR(source->info().rate, 10.0 / 7, 1e-9);
  EXPECT_EQ(source->info().frames, 3);
  EXPECT_THAT(take_all(*source).indices, ElementsAre(3, 10, 17));
}

TEST_F(FrameSourceTest, TakesAtMostSoManyASecond) {
  const auto source = open_frame_source(video(), {.rate = 4});
  EXPECT_EQ(source->info().rate, 4);
  EXPECT_EQ(source->info().frames, 8);
  EXPECT_THAT(take_all(*source).indices, ElementsAre(0, 3, 5, 8, 10, 13, 15, 18));
  EXPECT_THAT(take_all(video(), {.rate = 50}).indices, SizeIs(20));
}

TEST_F(FrameSourceTest, ScalesDownWhatIsLarger) {
  EXPECT_THAT(take_all(video(), {.longest_side = 32}).sizes, Each(cv::Size(32, 24)));
  EXPECT_THAT(take_all(video(), {.longest_side = 64}).sizes, Each(cv::Size(64, 48)));
  EXPECT_THAT(take_all(video(), {.longest_side = 1000}).sizes, Each(cv::Size(64, 48)));
  EXPECT_THAT(take_all(video(), {.longest_side = 32}).numbers, testing::Contains(13));
}

TEST_F(FrameSourceTest, ReusesTheFramesMemory) {
  const auto source = open_frame_source(video());
  Frame frame;
  ASSERT_TRUE(source->next(frame));
  const auto* memory = frame.picture.pixels().data();
  while (source->next(frame)) EXPECT_EQ(frame.picture.pixels().data(), memory);
}

TEST_F(FrameSourceTest, EndsWhenInterrupted) {
  const auto source = open_frame_source(video());
  Frame frame;
  ASSERT_TRUE(source->next(frame));
  source->interrupt();
  EXPECT_FALSE(source->next(frame));
  EXPECT_FALSE(source->next(frame));
}

TEST(FrameSource, SkipsToALateStartAndStillCounts) {
  const TemporaryFolder folder;
  for (const auto* name : {"a.mp4", "b.mkv", "c.avi"}) {
    const auto path = (folder.path() / name).string();
    write_video(path, 100);
    const auto given = take_all(path, {.start = 7.3, .end = 7.55});
    EXPECT_THAT(given.indices, ElementsAre(73, 74, 75)) << name;
    EXPECT_THAT(given.numbers, ElementsAre(73 % 25, 74 % 25, 0)) << name;
    EXPECT_THAT(given.times, Pointwise(DoubleNear(1e-3), {7.3, 7.4, 7.5})) << name;
    EXPECT_EQ(given.error, "") << name;
  }
}

TEST(FrameSource, GivesNothingBeyondTheEnd) {
  const TemporaryFolder folder;
  const auto path = (folder.path() / "a.mp4").string();
  write_video(path, 30);
  const auto given = take_all(path, {.start = 60});
  EXPECT_THAT(given.numbers, IsEmpty());
  EXPECT_EQ(given.error, "");
}

// ---- Times

TEST(StreamClock, TakesTheStreamsTimes) {
  StreamClock clock(10);
  EXPECT_EQ(clock.next(0.0), 0);
  EXPECT_EQ(clock.next(0.5), 0.5);
  EXPECT_EQ(clock.next(0.51), 0.51);
  EXPECT_EQ(clock.next(100.0), 100);
}

TEST(StreamClock, GoesOnWhereTimesGoBack) {
  StreamClock clock(10);
  clock.next(0.0);
  clock.next(5.0);
  EXPECT_NEAR(clock.next(1.0), 5.1, 1e-9);
  EXPECT_NEAR(clock.next(1.5), 5.6, 1e-9);
  EXPECT_NEAR(clock.next(1.5), 5.7, 1e-9);
  EXPECT_NEAR(clock.next(50.0), 50, 1e-9);
}

TEST(StreamClock, MakesUpMissingTimes) {
  StreamClock clock(10);
  EXPECT_EQ(clock.next(std::nullopt), 0);
  EXPECT_NEAR(clock.next(std::nullopt), 0.1, 1e-9);
  EXPECT_NEAR(clock.next(0.05), 0.2, 1e-9);
  EXPECT_NEAR(StreamClock(0).next(-3.0), 0, 1e-9);
}

}  // namespace
}  // namespace mien
