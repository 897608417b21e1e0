#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "made_video.h"
#include "mien/frame_source.h"
#include "vision/source/jpeg_splitter.h"

namespace mien {
namespace {

using test::Bytes;
using test::encoded;
using test::Given;
using test::numbered_picture;
using test::refusal;
using test::take_all;
using test::TemporaryFolder;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes text(const std::string& words) { return {words.begin(), words.end()}; }

Bytes jpeg(int number) { return encoded(numbered_picture(number), ".jpg"); }

// ---- Image sequences

TEST(ImageSequence, BeginsAnywhere) {
  const TemporaryFolder folder;
  for (int i = 7; i < 12; ++i) {
    folder.write("img_0" + std::to_string(i / 10) + std::to_string(i % 10) + ".png",
                 encoded(numbered_picture(i), ".png"));
  }
  folder.write("img_x.png", {1, 2});
  const auto source = open_frame_source((folder.path() / "img_%03d.png").string());
  EXPECT_EQ(source->info().frames, 5);
  EXPECT_EQ(source->info().rate, 25);
  EXPECT_FALSE(source->info().file);
  const auto given = take_all(*source);
  EXPECT_THAT(given.numbers, ElementsAre(7, 8, 9, 10, 11));
  EXPECT_THAT(given.indices, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(given.times, Pointwise(DoubleNear(1e-9), {0.0, 0.04, 0.08, 0.12, 0.16}));
  EXPECT_EQ(given.error, "");
}

TEST(ImageSequence, StartsLater) {
  const TemporaryFolder folder;
  for (int i = 0; i < 10; ++i) {
    folder.write(std::to_string(i) + ".png", encoded(numbered_picture(i), ".png"));
  }
  const auto given = take_all((folder.path() / "%d.png").string(), {.start = 0.2, .end = 0.3});
  EXPECT_THAT(given.indices, ElementsAre(5, 6, 7));
  EXPECT_THAT(given.numbers, ElementsAre(5, 6, 7));
}

TEST(ImageSequence, MayChangeItsSize) {
  const TemporaryFolder folder;
  folder.write("1.png", encoded(numbered_picture(1, {30, 20}), ".png"));
  folder.write("2.png", encoded(numbered_picture(2, {50, 70}), ".png"));
  EXPECT_THAT(take_all((folder.path() / "%d.png").string()).sizes,
              ElementsAre(cv::Size(30, 20), cv::Size(50, 70)));
}

TEST(ImageSequence, NamesThePictureThatIsMissing) {
  const TemporaryFolder folder;
  for (const int i : {1, 2, 4, 5}) {
    folder.write(std::to_string(i) + ".png", encoded(numbered_picture(i), ".png"));
  }
  const auto pattern = (folder.path() / "%d.png").string();
  const auto given = take_all(pattern);
  EXPECT_THAT(given.numbers, ElementsAre(1, 2));
  EXPECT_THAT(given.error, HasSubstr("3.png is missing"));
  EXPECT_THAT(take_all(pattern, {.start = 1}).error, HasSubstr("3.png is missing"));
}

TEST(ImageSequence, NamesThePictureThatIsDamaged) {
  const TemporaryFolder folder;
  folder.write("1.png", encoded(numbered_picture(1), ".png"));
  folder.write("2.png", text("no picture"));
  const auto given = take_all((folder.path() / "%d.png").string());
  EXPECT_THAT(given.numbers, ElementsAre(1));
  EXPECT_THAT(given.error, HasSubstr("2.png"));
}

TEST(ImageSequence, OfNothingIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal((folder.path() / "img_%05d.png").string()).words,
              HasSubstr("no picture such as img_00001.png"));
  EXPECT_THAT(refusal((folder.path() / "none" / "%d.png").string()).words,
              HasSubstr("cannot read the folder"));
}

TEST(ImageSequence, KeepsToThePicturesLimits) {
  const TemporaryFolder folder;
  folder.write("1.png", test::png_header(50'000, 50'000));
  EXPECT_THAT(take_all((folder.path() / "%d.png").string()).error, HasSubstr("limit"));
}

// ---- Standard input

/// Standard input is a pipe while it lives.
class PipedInput {
 public:
  PipedInput() : saved_(::dup(STDIN_FILENO)) {
    EXPECT_EQ(::pipe(ends_.data()), 0);
    ::dup2(ends_[0], STDIN_FILENO);
    ::close(ends_[0]);
  }
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;
  ~PipedInput() {
    if (writer_.joinable()) writer_.join();
    close();
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

  void write(Bytes bytes) {
    writer_ = std::thread([this, bytes = std::move(bytes)] {
      std::size_t at = 0;
      while (at < bytes.size()) {
        const auto count = ::write(ends_[1], bytes.data() + at, bytes.size() - at);
        if (count <= 0) break;
        at += static_cast<std::size_t>(count);
      }
      close();
    });
  }

 private:
  void close() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  std::array<int, 2> ends_ = {-1, -1};
  int saved_;
  std::thread writer_;
};

Given take_input(const Bytes& bytes, const FrameSourceOptions& options = {}) {
  PipedInput input;
  input.write(bytes);
  return take_all("-", options);
}

TEST(StandardInput, GivesTheFramesOfMjpeg) {
  Bytes bytes = text("--boundary\r\nContent-Type: image/jpeg\r\n\r\n");
  for (int i = 0; i < 6; ++i) {
    append(bytes, jpeg(i));
    if (i % 2 == 0) append(bytes, text("\r\n--boundary\r\n\r\n"));
  }
  const auto given = take_input(bytes);
  EXPECT_THAT(given.numbers, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(given.times, Pointwise(DoubleNear(1e-9), {0.0, 0.04, 0.08, 0.12, 0.16, 0.2}));
  EXPECT_EQ(given.error, "");
}

TEST(StandardInput, KeepsToTheOptions) {
  Bytes bytes;
  for (int i = 0; i < 10; ++i) append(bytes, jpeg(i));
  const auto given =
      take_input(bytes, {.start = 0.08, .end = 0.32, .every = 2, .longest_side = 16});
  EXPECT_THAT(given.numbers, ElementsAre(2, 4, 6));
  EXPECT_THAT(given.sizes, Each(cv::Size(16, 12)));
}

TEST(StandardInput, PassesOverDamagedJpegsAndSaysSo) {
  Bytes bytes = jpeg(1);
  auto cut = jpeg(2);
  cut.resize(cut.size() - 20);
  append(bytes, cut);
  append(bytes, jpeg(3));
  auto damaged = jpeg(4);
  const Bytes frame = {0xFF, 0xC0};
  const auto at = std::search(damaged.begin(), damaged.end(), frame.begin(), frame.end());
  *(at + 9) = 0;  // components
  append(bytes, damaged);
  append(bytes, jpeg(5));
  testing::internal::CaptureStderr();
  const auto given = take_input(bytes);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(given.numbers, ElementsAre(1, 3, 5));
  EXPECT_THAT(given.error, HasSubstr("2 JPEGs could not be decoded, 3 could"));
}

TEST(StandardInput, SaysWhenItEndsWithinAJpeg) {
  Bytes bytes = jpeg(1);
  append(bytes, jpeg(2));
  bytes.resize(bytes.size() - 20);
  const auto given = take_input(bytes);
  EXPECT_THAT(given.numbers, ElementsAre(1));
  EXPECT_THAT(given.error, HasSubstr("ends within a JPEG"));
}

TEST(StandardInput, WithoutAJpegIsAnError) {
  EXPECT_THAT(take_input(text("nothing of use")).error, HasSubstr("no JPEG came"));
  EXPECT_THAT(take_input({}).error, HasSubstr("no JPEG came"));
}

TEST(StandardInput, RefusesAFrameOverTheLimit) {
  auto large = jpeg(1);
  const Bytes header = {0xFF, 0xC0};
  const auto at = std::search(large.begin(), large.end(), header.begin(), header.end());
  std::fill(at + 5, at + 9, std::uint8_t{0x7F});
  EXPECT_THAT(take_input(large).error, HasSubstr("over the limit of 100 megapixels"));
}

TEST(StandardInput, GivesRawFrames) {
  Bytes bytes;
  for (int i = 0; i < 3; ++i) {
    const auto picture = numbered_picture(i, {6, 4});
    bytes.insert(bytes.end(), picture.data, picture.data + 6 * 4 * 3);
  }
  const auto given = take_input(bytes, {.raw_size = "6x4@10"});
  EXPECT_THAT(given.numbers, ElementsAre(0, 1, 2));
  EXPECT_THAT(given.times, Pointwise(DoubleNear(1e-9), {0.0, 0.1, 0.2}));
  EXPECT_THAT(given.sizes, Each(cv::Size(6, 4)));
  EXPECT_EQ(given.error, "");
  bytes.resize(bytes.size() - 1);
  const auto cut = take_input(bytes, {.raw_size = "6x4"});
  EXPECT_THAT(cut.numbers, ElementsAre(0, 1));
  EXPECT_THAT(cut.error, HasSubstr("ends within a frame"));
  EXPECT_THAT(take_input({}, {.raw_size = "6x4"}).error, HasSubstr("no frame came"));
}

TEST(StandardInput, IsInterruptedWhileItWaits) {
  for (const auto* size : {"", "6x4"}) {
    const PipedInput input;  // nothing is ever written
    const auto source = open_frame_source("-", {.raw_size = size});
    std::thread other([&] { source->interrupt(); });
    Frame frame;
    EXPECT_FALSE(source->next(frame));
    other.join();
  }
}

// ---- The splitter

std::vector<Bytes> split(const Bytes& bytes, std::size_t block) {
  JpegSplitter splitter;
  std::vector<Bytes> found;
  for (std::size_t at = 0; at < bytes.size(); at += block) {
    splitter.append(std::span(bytes).subspan(at, std::min(block, bytes.size() - at)));
    while (const auto one = splitter.next()) found.emplace_back(one->begin(), one->end());
  }
  return found;
}

TEST(JpegSplitter, FindsTheSameInBlocksOfAnySize) {
  Bytes bytes = {0xFF, 0xFF, 0xD8, 0x00};
  append(bytes, jpeg(1));
  append(bytes, {0xFF});
  append(bytes, jpeg(2));
  append(bytes, jpeg(3));
  for (const std::size_t block : {1U, 2U, 7U, 100U, 100'000U}) {
    EXPECT_THAT(split(bytes, block), ElementsAre(jpeg(1), jpeg(2), jpeg(3))) << block;
  }
}

TEST(JpegSplitter, PassesOverPicturesWithinSegments) {
  // A thumbnail, as cameras put it into APP1.
  const Bytes thumbnail = {0xFF, 0xD8, 0xFF, 0xD9};
  Bytes bytes = {0xFF, 0xD8, 0xFF, 0xE1, 0, 6};
  append(bytes, thumbnail);
  append(bytes, {0xFF, 0xDA, 0, 2, 1, 0xFF, 0, 2, 0xFF, 0xD3, 0xFF, 0xFF, 0xD9});
  EXPECT_THAT(split(bytes, 3), ElementsAre(bytes));
}

TEST(JpegSplitter, GoesOnBehindBrokenOnes) {
  JpegSplitter splitter;
  splitter.append(Bytes{0xFF, 0xD8, 0xFF, 0xE0, 0, 1});
  EXPECT_FALSE(splitter.next());
  splitter.append(Bytes{0xFF, 0xD8, 0xFF, 0xD8, 0xFF, 0xD9});
  EXPECT_TRUE(splitter.next());
  EXPECT_EQ(splitter.broken(), 2);
  EXPECT_FALSE(splitter.is_within());
}

TEST(JpegSplitter, RefusesWhatIsOverTheLimit) {
  constexpr std::size_t kLimit = 1000;
  JpegSplitter without(kLimit);
  without.append(Bytes(900, 1));
  EXPECT_FALSE(without.next());
  without.append(Bytes(900, 1));
  EXPECT_THROW(without.next(), Error);
  JpegSplitter endless(kLimit);
  endless.append(Bytes{0xFF, 0xD8, 0xFF, 0xDA, 0, 2});
  endless.append(Bytes(1001, 1));
  EXPECT_THROW(endless.next(), Error);
}

}  // namespace
}  // namespace mien
