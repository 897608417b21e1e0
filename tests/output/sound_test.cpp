#include "output/sound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "output/annotated_video.h"
#include "output/child_process.h"
#include "test_pictures.h"

namespace mien {
namespace {

using std::chrono::milliseconds;

constexpr auto kLong = milliseconds(30'000);
constexpr double kToneBegins = 1.5;

bool has_ffmpeg() { return run_program({"ffmpeg", "-version"}, kLong) == 0; }

/// Three seconds of video, and of sound when `codec` names one: silence, then a tone.
std::filesystem::path make_source(const std::filesystem::path& path, const std::string& codec) {
  std::vector<std::string> arguments = {
      "ffmpeg", "-v", "quiet", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=3"};
  if (!codec.empty()) {
    const std::string tone =
        "aevalsrc=sin(2500*t)*gte(t\\," + std::to_string(kToneBegins) + "):s=16000:d=3";
    arguments.insert(arguments.end(), {"-f", "lavfi", "-i", tone, "-c:a", codec});
  }
  arguments.insert(arguments.end(), {"-c:v", "mpeg4", path.string()});
  EXPECT_EQ(run_program(arguments, kLong), 0);
  return path;
}

/// The samples of a file's sound, 8000 a second; none when it has no sound.
std::vector<std::int16_t> samples_of(const std::filesystem::path& path) {
  auto raw = path;
  raw += ".raw";
  if (run_program({"ffmpeg", "-v", "quiet", "-y", "-i", path.string(), "-vn", "-f", "s16le", "-ac",
                   "1", "-ar", "8000", raw.string()},
                  kLong) != 0) {
    return {};
  }
  std::ifstream file(raw, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::int16_t> samples(bytes.size() / 2);
  std::memcpy(samples.data(), bytes.data(), samples.size() * 2);
  return samples;
}

double tone_begins(const std::vector<std::int16_t>& samples) {
  std::size_t i = 0;
  while (i < samples.size() && std::abs(samples[i]) < 8000) ++i;
  return static_cast<double>(i) / 8000;
}

struct Annotated {
  std::filesystem::path path;
  std::vector<std::string> notices;
};

/// As much of the source as lies between these seconds.
Annotated annotate_part(const std::filesystem::path& source, double begin, double end) {
  Annotated result{source.parent_path() / "out" / "result.mp4", {}};
  SourceInfo info;
  info.rate = 10;
  info.file = source;
  AnnotatedVideo video(result.path, info,
                       [&](const std::string& notice) { result.notices.push_back(notice); });
  const auto frames = std::lround((end - begin) * info.rate);
  for (long i = 0; i < frames; ++i) {
    Frame frame;
    frame.picture = Image(64, 48, PixelFormat::bgr);
    frame.time = begin + static_cast<double>(i) / info.rate;
    video.write(frame);
  }
  EXPECT_TRUE(video.finish());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(result.path.parent_path()), {}), 1);
  return result;
}

class Sound : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_ffmpeg()) GTEST_SKIP() << "the program ffmpeg is not installed";
  }
  test::TemporaryFolder folder_;
};

TEST_F(Sound, IsKept) {
  const auto source = make_source(folder_.path() / "a.mp4", "aac");
  const auto result = annotate_part(source, 0, 3);
  EXPECT_THAT(result.notices, testing::IsEmpty());
  const auto samples = samples_of(result.path);
  EXPECT_NEAR(static_cast<double>(samples.size()) / 8000, 3, 0.2);
  EXPECT_NEAR(tone_begins(samples), kToneBegins, 0.1);
}

TEST_F(Sound, FitsAPartOfTheSource) {
  const auto source = make_source(folder_.path() / "a.mp4", "aac");
  const auto samples = samples_of(annotate_part(source, 1, 2).path);
  EXPECT_NEAR(static_cast<double>(samples.size()) / 8000, 1, 0.2);
  EXPECT_NEAR(tone_begins(samples), kToneBegins - 1, 0.1);
}

TEST_F(Sound, ThatMp4CannotHoldBecomesAac) {
  const auto source = make_source(folder_.path() / "a.avi", "pcm_s16le");
  const auto result = annotate_part(source, 1, 3);
  EXPECT_THAT(result.notices, testing::IsEmpty());
  EXPECT_NEAR(tone_begins(samples_of(result.path)), kToneBegins - 1, 0.1);
}

TEST_F(Sound, WithoutAnyNothingIsSaid) {
  const auto result = annotate_part(make_source(folder_.path() / "a.mp4", ""), 0, 3);
  EXPECT_THAT(result.notices, testing::IsEmpty());
  EXPECT_THAT(samples_of(result.path), testing::IsEmpty());
}

// NOLINTBEGIN(concurrency-mt-unsafe): a test has one thread

/// Programs are looked for in this folder alone while it lives.
class OnlyPath {
 public:
  explicit OnlyPath(const std::filesystem::path& folder) {
    if (const char* const path = std::getenv("PATH")) before_ = path;
    ::setenv("PATH", folder.c_str(), 1);
  }
  OnlyPath(const OnlyPath&) = delete;
  OnlyPath& operator=(const OnlyPath&) = delete;
  ~OnlyPath() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

// NOLINTEND(concurrency-mt-unsafe)

TEST(SoundOfAFile, WithoutTheProgramIsLeftOutWithANotice) {
  const test::TemporaryFolder folder;
  const OnlyPath path(folder.path());
  const auto result = annotate_part(folder.path() / "a.mp4", 0, 1);
  ASSERT_EQ(result.notices.size(), 1U);
  EXPECT_THAT(result.notices[0], testing::HasSubstr("ffmpeg"));
}

TEST(ChildProcess, TellsTheExitStatus) {
  EXPECT_EQ(run_program({"true"}, kLong), 0);
  EXPECT_EQ(run_program({"false"}, kLong), 1);
  EXPECT_EQ(run_program({"test", "a b", "=", "a b"}, kLong), 0);
  EXPECT_EQ(run_program({"no-such-program-anywhere"}, kLong), std::nullopt);
}

TEST(ChildProcess, IsKilledAfterTheLimit) {
  EXPECT_EQ(run_program({"sleep", "600"}, milliseconds(20)), 128);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(run_program({"sleep", "600"}, kLong, stop.get_token()), 128);
}

}  // namespace
}  // namespace mien
