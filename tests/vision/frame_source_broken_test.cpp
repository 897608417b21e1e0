#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "made_video.h"
#include "mien/frame_source.h"
#include "mien/picture.h"

namespace mien {
namespace {

using test::Bytes;
using test::file_bytes;
using test::Given;
using test::number_in;
using test::refusal;
using test::run_ffmpeg;
using test::take_all;
using test::TemporaryFolder;
using test::write_video;
using testing::AllOf;
using testing::Contains;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pointwise;
using testing::SizeIs;
using testing::StartsWith;

/// Fails when something is written on standard error while it lives.
class NothingOnStandardError {
 public:
  NothingOnStandardError() { testing::internal::CaptureStderr(); }
  NothingOnStandardError(const NothingOnStandardError&) = delete;
  NothingOnStandardError& operator=(const NothingOnStandardError&) = delete;
  ~NothingOnStandardError() { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }
};

Given take_all_quietly(const std::string& path, const FrameSourceOptions& options = {}) {
  const NothingOnStandardError quiet;
  return take_all(path, options);
}

/// The Error of opening it, or else of reading it.
std::string error_of(const std::string& path, const FrameSourceOptions& options = {}) {
  try {
    return take_all_quietly(path, options).error;
  } catch (const Error& error) {
    return error.what();
  }
}

Bytes with_noise(Bytes bytes, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + i / 251);
  return bytes;
}

class BrokenVideo : public testing::TestWithParam<std::string> {};

TEST_P(BrokenVideo, GivesWhatComesBeforeTheCut) {
  const TemporaryFolder folder;
  const auto whole = folder.path() / ("whole" + GetParam());
  write_video(whole, 60, 10, {160, 120}, GetParam() == ".avi" ? "MJPG" : "mp4v");
  if (GetParam() == ".mp4" &&  // its index comes first only when asked for
      !run_ffmpeg(folder.path(), "-i whole.mp4 -c copy -movflags faststart fast.mp4")) {
    GTEST_SKIP() << "no program ffmpeg to put the index first";
  }
  auto bytes = file_bytes(GetParam() == ".mp4" ? folder.path() / "fast.mp4" : whole);
  bytes.resize(bytes.size() * 6 / 10);
  const auto path = folder.write("cut" + GetParam(), bytes);
  const auto given = take_all_quietly(path.string());
  EXPECT_THAT(given.numbers, AllOf(SizeIs(testing::Gt(5U)), SizeIs(testing::Lt(59U))));
  EXPECT_THAT(given.error, StartsWith(path.string() + ": "));
  EXPECT_THAT(given.error, testing::AnyOf(HasSubstr("ends early"), HasSubstr("broke off")));
  EXPECT_THAT(given.error, Not(HasSubstr("and goes on")));
}

TEST(BrokenVideo, CutOffIsToldAlsoAfterALateStart) {
  const TemporaryFolder folder;
  write_video(folder.path() / "whole.mkv", 120, 10, {160, 120}, "mp4v");
  auto bytes = file_bytes(folder.path() / "whole.mkv");
  bytes.resize(bytes.size() * 8 / 10);
  const auto cut = folder.write("cut.mkv", bytes).string();
  EXPECT_THAT(error_of(cut), HasSubstr("ends early"));
  EXPECT_THAT(error_of(cut, {.start = 6}), HasSubstr("ends early"));
}

INSTANTIATE_TEST_SUITE_P(Containers, BrokenVideo, testing::Values(".mp4", ".mkv", ".avi"),
                         [](const auto& name) { return name.param.substr(1); });

TEST(BrokenVideo, WithoutItsIndexIsRefused) {
  const TemporaryFolder folder;
  write_video(folder.path() / "whole.mp4", 30);
  const auto bytes = file_bytes(folder.path() / "whole.mp4");
  const NothingOnStandardError quiet;
  const std::string name = "moov";  // the index, which comes last
  const auto index = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  const auto without = folder.write("without.mp4", Bytes(bytes.begin(), index - 4));
  EXPECT_EQ(refusal(without.string()).code, ErrorCode::input);
  EXPECT_THAT(refusal(without.string()).words, HasSubstr("moov atom not found"));
  const auto cut = folder.write("cut.mp4", Bytes(bytes.begin(), bytes.end() - 300));
  EXPECT_THAT(refusal(cut.string()).words, HasSubstr("error reading header"));
}

TEST(BrokenVideo, WithAWrongIndexIsAnError) {
  const TemporaryFolder folder;
  write_video(folder.path() / "whole.mp4", 30);
  auto bytes = file_bytes(folder.path() / "whole.mp4");
  const std::string name = "stco";  // where the chunks begin
  const auto at = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  ASSERT_NE(at, bytes.end());
  std::fill(at + 12, at + 16, std::uint8_t{0x7F});
  EXPECT_THAT(error_of(folder.write("wrong.mp4", bytes).string()), HasSubstr("get it again"));
}

TEST(BrokenVideo, DamagedInTheMiddleGivesTheRestAndSaysSo) {
  const TemporaryFolder folder;
  write_video(folder.path() / "whole.avi", 20, 10, {64, 48}, "MJPG");
  auto bytes = file_bytes(folder.path() / "whole.avi");
  const std::string tag = "00dc";
  auto at = bytes.begin();
  for (int i = 0; i < 10; ++i) {
    at = std::search(at + 1, bytes.end(), tag.begin(), tag.end());
    ASSERT_NE(at, bytes.end());
  }
  std::fill(at + 8, at + 200, std::uint8_t{0});
  const auto given = take_all_quietly(folder.write("damaged.avi", bytes).string());
  EXPECT_THAT(given.numbers, SizeIs(19));
  EXPECT_THAT(given.numbers, AllOf(Contains(7), Not(Contains(8)), Contains(9)));
  EXPECT_THAT(given.error, HasSubstr("of its frames are wrong or could not be decoded"));
}

TEST(BrokenVideo, OfNoiseNeverCrashes) {
  const TemporaryFolder folder;
  for (const auto* name : {"a.mp4", "a.mkv", "a.avi"}) {
    write_video(folder.path() / name, 20);
    const auto bytes = file_bytes(folder.path() / name);
    for (std::size_t from = 0; from + 400 < bytes.size(); from += bytes.size() / 6) {
      const auto path = folder.write(name, with_noise(bytes, from, from + 300)).string();
      EXPECT_THAT(error_of(path), Not(HasSubstr("not of the input"))) << name << " at " << from;
    }
  }
}

TEST(BrokenVideo, WithoutFramesIsAnError) {
  const TemporaryFolder folder;
  write_video(folder.path() / "none.avi", 0, 10, {64, 48}, "MJPG");
  const auto error = error_of((folder.path() / "none.avi").string());
  EXPECT_THAT(error, HasSubstr("none.avi"));
  EXPECT_THAT(error, testing::AnyOf(HasSubstr("no frame"), HasSubstr("no video")));
}

TEST(BrokenVideo, WithSoundAloneIsAnError) {
  const TemporaryFolder folder;
  if (!run_ffmpeg(folder.path(), "-f lavfi -i sine=duration=1 sound.mp4")) {
    GTEST_SKIP() << "no program ffmpeg to make sound";
  }
  EXPECT_THAT(refusal((folder.path() / "sound.mp4").string()).words, HasSubstr("no video in it"));
}

TEST(BrokenVideo, LargerThanTheLimitIsRefused) {
  const TemporaryFolder folder;
  auto jpeg = test::encoded(test::four_quarters(), ".jpg");
  const Bytes frame = {0xFF, 0xC0};
  const auto at = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
  ASSERT_NE(at, jpeg.end());
  std::fill(at + 5, at + 9, std::uint8_t{0x7F});  // 32,639 x 32,639 pixels
  Bytes video;
  for (int i = 0; i < 3; ++i) video.insert(video.end(), jpeg.begin(), jpeg.end());
  const auto refused = refusal(folder.write("large.mjpeg", video).string());
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words, HasSubstr("large.mjpeg"));
}

TEST(VideoFile, MayNotOpenOtherFiles) {
  const TemporaryFolder folder;
  const std::string list =
      "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"
      "#EXT-X-ENDLIST\n";
  const auto path = folder.write("list.m3u8", Bytes(list.begin(), list.end()));
  EXPECT_EQ(refusal(path.string()).code, ErrorCode::input);
}

TEST(VideoFile, OfAStrangerMayNotBeAPlaylistOfLocalFiles) {
  const TemporaryFolder folder;
  write_video(folder.path() / "secret.avi", 3, 10, {64, 48}, "MJPG");
  const std::string list = "ffconcat version 1.0\nfile secret.avi\n";
  const auto path = folder.write("list.avi", Bytes(list.begin(), list.end())).string();
  EXPECT_THAT(take_all(path).numbers, SizeIs(3)) << "it plays where nothing forbids it";
  const FrameSourceOptions strict{.formats = "avi,mov"};
  const auto refused = refusal(path, strict);
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_EQ(refused.words,
            path + ": it is no video, or of a kind that is not taken here; convert it to MP4");
  EXPECT_THAT(take_all((folder.path() / "secret.avi").string(), strict).numbers, SizeIs(3));
}

TEST(VideoFile, MayChangeItsSize) {
  const TemporaryFolder folder;
  write_video(folder.path() / "a.mpg", 12, 25, {64, 48}, "mpg1");
  write_video(folder.path() / "b.mpg", 12, 25, {96, 80}, "mpg1");
  const bool made = run_ffmpeg(folder.path(), "-i a.mpg -c copy -f mpeg1video a.m1v") &&
                    run_ffmpeg(folder.path(), "-i b.mpg -c copy -f mpeg1video b.m1v");
  if (!made) GTEST_SKIP() << "no program ffmpeg to take the containers off";
  auto both = file_bytes(folder.path() / "a.m1v");
  const auto second = file_bytes(folder.path() / "b.m1v");
  both.insert(both.end(), second.begin(), second.end());
  const auto given = take_all_quietly(folder.write("both.m1v", both).string());
  EXPECT_THAT(given.sizes, AllOf(Contains(cv::Size(64, 48)), Contains(cv::Size(96, 80))));
  EXPECT_TRUE(std::is_sorted(given.times.begin(), given.times.end()));
}

TEST(VideoFile, GivesTheTimesOfAVariableRate) {
  const TemporaryFolder folder;
  for (int i = 0; i < 4; ++i) {
    folder.write("v" + std::to_string(i) + ".png",
                 test::encoded(test::numbered_picture(i), ".png"));
  }
  const std::string list =
      "file v0.png\nduration 0.12\nfile v1.png\nduration 0.48\nfile v2.png\nduration 0.04\n"
      "file v3.png\nduration 0.2\n";
  folder.write("list.txt", Bytes(list.begin(), list.end()));
  if (!run_ffmpeg(folder.path(),
                  "-f concat -i list.txt -fps_mode vfr -c:v mpeg4 -enc_time_base 1/1000 v.mkv")) {
    GTEST_SKIP() << "no program ffmpeg to make a variable rate";
  }
  const auto given = take_all((folder.path() / "v.mkv").string());
  ASSERT_THAT(given.times, SizeIs(testing::Ge(4U)));
  EXPECT_THAT(std::vector(given.times.begin(), given.times.begin() + 4),
              Pointwise(DoubleNear(0.002), {0.0, 0.12, 0.6, 0.64}));
  EXPECT_EQ(given.error, "");
}

TEST(VideoFile, WithReorderedFramesComesInOrder) {
  const TemporaryFolder folder;
  write_video(folder.path() / "a.mp4", 24, 10);
  if (!run_ffmpeg(folder.path(), "-i a.mp4 -c:v libx264 -bf 3 -g 8 b.mp4")) {
    GTEST_SKIP() << "no program ffmpeg to make H.264";
  }
  const auto given = take_all((folder.path() / "b.mp4").string());
  EXPECT_EQ(given.error, "");
  ASSERT_THAT(given.numbers, SizeIs(24));
  for (int i = 0; i < 24; ++i) {
    EXPECT_EQ(given.numbers[i], i);
    EXPECT_NEAR(given.times[i], i / 10.0, 1e-6);
  }
  const auto late = take_all((folder.path() / "b.mp4").string(), {.start = 2.1});
  EXPECT_THAT(late.indices, ElementsAre(21, 22, 23));
  EXPECT_THAT(late.numbers, ElementsAre(21, 22, 23));
}

TEST(VideoFile, IsTurnedUpright) {
  const TemporaryFolder folder;
  folder.write("q.png", test::encoded(test::four_quarters(), ".png"));
  const bool made =
      run_ffmpeg(folder.path(), "-loop 1 -i q.png -frames:v 5 -c:v mpeg4 -q:v 1 flat.mp4") &&
      run_ffmpeg(folder.path(), "-i flat.mp4 -c copy -metadata:s:v rotate=90 turned.mp4") &&
      run_ffmpeg(folder.path(), "-i turned.mp4 -frames:v 1 upright.png");
  if (!made) GTEST_SKIP() << "no program ffmpeg to mark a video as turned";
  const auto upright = read_picture(folder.path() / "upright.png");
  const auto source = open_frame_source((folder.path() / "turned.mp4").string());
  Frame frame;
  ASSERT_TRUE(source->next(frame));
  ASSERT_EQ(frame.picture.width(), 20);
  ASSERT_EQ(frame.picture.height(), 40);
  EXPECT_THAT(frame.picture.pixels(),
              Pointwise(testing::Truly([](const auto& both) {
                          return std::abs(std::get<0>(both) - std::get<1>(both)) < 40;
                        }),
                        upright.pixels()));
}

TEST(VideoFile, OfAnyWidthIsConvertedWhole) {
  const TemporaryFolder folder;
  for (const int width : {34, 46, 64, 66, 94, 96, 98, 318}) {
    const auto path = folder.path() / (std::to_string(width) + ".avi");
    write_video(path, 2, 10, {width, 18}, "MJPG");
    const auto source = open_frame_source(path.string());
    Frame frame;
    ASSERT_TRUE(source->next(frame));
    ASSERT_TRUE(source->next(frame));
    EXPECT_THAT(frame.picture.pixels(),
                testing::Each(testing::AllOf(testing::Ge(12), testing::Le(18))))
        << width;
  }
}

}  // namespace
}  // namespace mien
