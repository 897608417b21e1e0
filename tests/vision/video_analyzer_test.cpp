#include "mien/video_analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

constexpr int kWidth = 64;
constexpr int kHeight = 48;

ModelCard some_card() {
  ModelCard card;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input.width = card.input.height = 8;
  return card;
}

Image some_picture() {
  Image picture(kWidth, kHeight, PixelFormat::bgr);
  for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
    picture.pixels()[i] = static_cast<std::uint8_t>(i * 37 % 251);
  }
  return picture;
}

/// As many frames as it was made for, or without end; then an error if one was given.
class FakeSource final : public FrameSource {
 public:
  static constexpr long long kEndless = -1;

  explicit FakeSource(long long frames, bool live = false) : frames_(frames) {
    info_.name = "fake";
    info_.live = live;
    info_.rate = 25;
  }

  void breaks_with(const Error& error) { error_ = error; }

  const SourceInfo& info() const override { return info_; }

  bool next(Frame& frame) override {
    std::unique_lock lock(mutex_);
    if (interrupted_) return false;
    if (waits_at_ == given_) wake_.wait(lock, [this] { return interrupted_ || waits_at_ < 0; });
    if (interrupted_) return false;
    if (given_ == frames_) {
      if (!error_) return false;
      const auto error = *error_;
      error_.reset();
      throw Error(error);
    }
    if (frame.picture.empty()) {
      frame.picture = some_picture();
      ++allocated_;
    }
    frame.index = given_++;
    frame.time = static_cast<double>(frame.index) / 25;
    return true;
  }

  void interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    wake_.notify_all();
  }

  /// Gives no frame from that one on, as a camera that is slow, until it is interrupted or let go.
  void wait_at(long long index) { waits_at_ = index; }

  void go_on() {
    const std::lock_guard lock(mutex_);
    waits_at_ = -1;
    wake_.notify_all();
  }

  long long given() {
    const std::lock_guard lock(mutex_);
    return given_;
  }

  bool interrupted() {
    const std::lock_guard lock(mutex_);
    return interrupted_;
  }

  int allocated() const { return allocated_; }

 private:
  SourceInfo info_;
  long long frames_;
  std::optional<Error> error_;
  std::mutex mutex_;
  std::condition_variable wake_;
  long long given_ = 0;
  long long waits_at_ = -2;
  bool interrupted_ = false;
  int allocated_ = 0;
};

/// Finds two faces; fails at one of its calls if told so.
class FakeDetector final : public FaceDetector {
 public:
  explicit FakeDetector(int fails_at = 0) : fails_at_(fails_at) {}
  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override {
    if (++calls_ == fails_at_) throw Error(ErrorCode::internal, "the detector fails");
    return {{{4, 8, 20, 20}, 0.9F, {}}, {{36, 8, 20, 20}, 0.8F, {}}};
  }
  std::vector<DetectedFace> detect_near(const ImageView& /*picture*/,
                                        const Box& /*expected*/) override {
    return {};
  }

 private:
  int fails_at_;
  int calls_ = 0;
};

class FakeNetwork final : public Network {
 public:
  explicit FakeNetwork(int fails_at = 0) : card_(some_card()), fails_at_(fails_at) {}
  const ModelCard& card() const override { return card_; }
  std::vector<float> run(std::span<const float> faces) override {
    if (++calls_ == fails_at_) throw Error(ErrorCode::model, "the network fails");
    const auto one = static_cast<std::size_t>(card_.input.width * card_.input.height);
    batches_.push_back(faces.size() / one);
    return std::vector<float>(faces.size() / one * kExpressionCount);
  }
  const std::vector<std::size_t>& batches() const { return batches_; }

 private:
  ModelCard card_;
  int fails_at_;
  int calls_ = 0;
  std::vector<std::size_t> batches_;
};

/// Finds one face that is tilted by a quarter, in a box that is not as FER-2013 frames faces.
class TiltedFaceDetector final : public FaceDetector {
 public:
  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override {
    return {{{12, 4, 40, 40}, 0.9F, Landmarks{{{36, 16}, {36, 32}, {28, 24}, {20, 18}, {20, 30}}}}};
  }
  FaceFraming framing() const override { return {.margin = 0.8, .shift_down = 0.1}; }
};

VideoOptions every_frame() {
  VideoOptions options;
  options.follower.searches_per_second = 0;
  options.reading.steady_readings_per_second = 0;
  return options;
}

VideoAnalyzer some_analyzer(int detector_fails_at = 0, int network_fails_at = 0) {
  return {std::make_unique<FakeDetector>(detector_fails_at),
          std::make_unique<FakeNetwork>(network_fails_at), every_frame()};
}

/// Keeps which frames came.
struct Seen {
  std::vector<long long> frames;

  FrameOutput output() {
    return [this](Frame& frame, const FrameResult& result) {
      EXPECT_EQ(frame.index, result.frame);
      frames.push_back(result.frame);
      return true;
    };
  }
};

std::vector<long long> first(long long count) {
  std::vector<long long> all;
  for (long long i = 0; i < count; ++i) all.push_back(i);
  return all;
}

/// Restricts this process to one core as long as it lives.
class OneCore {
 public:
  OneCore() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &before_)) {
        CPU_SET(core, &one);
        break;
      }
    }
    ::sched_setaffinity(0, sizeof one, &one);
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_{};
};

enum class Cores { one, all };

/// Each of these must hold with the stages in threads and in one.
class VideoRun : public testing::TestWithParam<Cores> {
 protected:
  void SetUp() override {
    if (GetParam() == Cores::one) one_core_.emplace();
  }

 private:
  std::optional<OneCore> one_core_;
};

TEST_P(VideoRun, LosesNoFrameOfAFileAndKeepsTheOrder) {
  FakeSource source(300);
  auto analyzer = some_analyzer();
  Seen seen;
  const auto report = analyzer.run(source, seen.output());
  EXPECT_EQ(seen.frames, first(300));
  EXPECT_EQ(report.frames, 300);
  EXPECT_EQ(report.dropped, 0);
}

TEST_P(VideoRun, AResultTellsOfItsFrame) {
  FakeSource source(3);
  std::vector<FrameResult> results;
  some_analyzer().run(source, [&](Frame& frame, const FrameResult& result) {
    EXPECT_EQ(frame.picture.width(), result.width);
    results.push_back(result);
    return true;
  });
  ASSERT_EQ(results.size(), 3U);
  const auto& last = results.back();
  EXPECT_EQ(last.source, "fake");
  EXPECT_DOUBLE_EQ(last.time, 2.0 / 25);
  EXPECT_EQ(last.width, kWidth);
  EXPECT_EQ(last.height, kHeight);
  ASSERT_EQ(last.faces.size(), 2U);
  EXPECT_EQ(last.faces[0].track, 1);
  EXPECT_EQ(last.faces[1].track, 2);
  EXPECT_NEAR(last.faces[0].confidence, 1.0 / 7, 1e-4);
}

TEST_P(VideoRun, AllFacesOfAFrameAreOneBatch) {
  FakeSource source(5);
  auto network = std::make_unique<FakeNetwork>();
  const auto& batches = network->batches();
  VideoAnalyzer analyzer(std::make_unique<FakeDetector>(), std::move(network), every_frame());
  analyzer.run(source, Seen().output());
  EXPECT_EQ(batches, std::vector<std::size_t>(5, 2));
}

TEST_P(VideoRun, FramesKeepTheirMemory) {
  FakeSource source(500);
  some_analyzer().run(source, Seen().output());
  EXPECT_LE(source.allocated(), 12);
}

TEST_P(VideoRun, EachRunBeginsWithFreshTracks) {
  auto analyzer = some_analyzer();
  for (int run = 0; run < 2; ++run) {
    FakeSource source(4);
    const auto report = analyzer.run(source, [](Frame&, const FrameResult& result) {
      EXPECT_EQ(result.faces.at(0).track, 1);
      return true;
    });
    EXPECT_EQ(report.frames, 4);
  }
}

TEST_P(VideoRun, WhatWasReadBeforeASourceBrokeIsGivenOut) {
  FakeSource source(50);
  source.breaks_with(Error(ErrorCode::input, "the cable is out"));
  auto analyzer = some_analyzer();
  Seen seen;
  try {
    analyzer.run(source, seen.output());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input);
    EXPECT_THAT(error.what(), HasSubstr("cable"));
  }
  EXPECT_EQ(seen.frames, first(50));
  EXPECT_EQ(analyzer.report().frames, 50);
}

TEST_P(VideoRun, AStagesErrorComesAfterWhatWasAnalyzedBefore) {
  for (const auto& [detector, network] : {std::pair(20, 0), std::pair(0, 20)}) {
    FakeSource source(FakeSource::kEndless);
    auto analyzer = some_analyzer(detector, network);
    Seen seen;
    EXPECT_THROW(analyzer.run(source, seen.output()), Error);
    EXPECT_EQ(seen.frames, first(19));
  }
}

TEST_P(VideoRun, OfSeveralErrorsTheEarliestFramesIsThrown) {
  FakeSource source(21);
  source.breaks_with(Error(ErrorCode::input, "the cable is out"));
  auto analyzer = some_analyzer(0, 20);
  try {
    analyzer.run(source, Seen().output());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
  }
}

TEST_P(VideoRun, AnErrorEndsASourceThatWaits) {
  FakeSource source(FakeSource::kEndless);
  source.wait_at(20);
  auto analyzer = some_analyzer(20);
  EXPECT_THROW(analyzer.run(source, Seen().output()), Error);
}

TEST_P(VideoRun, TheOutputsErrorIsThrown) {
  FakeSource source(FakeSource::kEndless);
  auto analyzer = some_analyzer();
  EXPECT_THROW(analyzer.run(source,
                            [](Frame&, const FrameResult& result) -> bool {
                              if (result.frame == 7) throw Error(ErrorCode::internal, "disk full");
                              return true;
                            }),
               Error);
  EXPECT_EQ(analyzer.report().frames, 8);
}

TEST_P(VideoRun, TheOutputEndsARun) {
  FakeSource source(FakeSource::kEndless);
  source.breaks_with(Error(ErrorCode::input, "never seen"));
  const auto report = some_analyzer().run(
      source, [](Frame&, const FrameResult& result) { return result.frame < 7; });
  EXPECT_EQ(report.frames, 8);
}

TEST_P(VideoRun, AStopEndsASourceThatWaits) {
  FakeSource source(FakeSource::kEndless);
  source.wait_at(10);
  std::stop_source stop;
  std::jthread stopper([&] {
    while (source.given() < 10) std::this_thread::yield();
    stop.request_stop();
  });
  some_analyzer().run(source, Seen().output(), stop.get_token());
  EXPECT_TRUE(source.interrupted());
}

TEST_P(VideoRun, AStopBeforeTheStartGivesNothing) {
  FakeSource source(FakeSource::kEndless);
  std::stop_source stop;
  stop.request_stop();
  const auto report = some_analyzer().run(source, Seen().output(), stop.get_token());
  EXPECT_LE(report.frames, 1);
}

TEST_P(VideoRun, ALiveSourceDropsTheOldestForANewer) {
  FakeSource source(400, true);
  Seen seen;
  auto analyzer = some_analyzer();
  const auto report = analyzer.run(source, [&](Frame& frame, const FrameResult& result) {
    while (source.given() < 400) std::this_thread::yield();  // as a slow writer
    return seen.output()(frame, result);
  });
  EXPECT_EQ(report.frames + report.dropped, 400);
  EXPECT_GT(report.dropped, 300);
  EXPECT_TRUE(std::is_sorted(seen.frames.begin(), seen.frames.end()));
  EXPECT_EQ(seen.frames.back(), 399);
  EXPECT_EQ(report.frames, std::ssize(seen.frames));
}

long resident_kilobytes() {
  long pages = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

TEST_P(VideoRun, ALongVideoTakesNoMoreMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory grows";
#endif
  FakeSource source(20000);
  long early = 0;
  long late = 0;
  some_analyzer().run(source, [&](Frame&, const FrameResult& result) {
    if (result.frame == 2000) early = resident_kilobytes();
    if (result.frame == 19999) late = resident_kilobytes();
    return true;
  });
  EXPECT_GT(early, 0);
  EXPECT_LE(late - early, 2048);
}

TEST_P(VideoRun, CutsFacesOutAsForAPicture) {
  for (const bool straighten : {true, false}) {
    auto options = every_frame();
    options.analyzer.straighten = straighten;
    Analyzer pictures(std::make_unique<TiltedFaceDetector>(), make_fake_network(some_card()),
                      options.analyzer);
    const auto expected = pictures.analyze(some_picture().view(), "");
    VideoAnalyzer analyzer(std::make_unique<TiltedFaceDetector>(), make_fake_network(some_card()),
                           options);
    FakeSource source(1);
    analyzer.run(source, [&](Frame& /*frame*/, const FrameResult& result) {
      EXPECT_EQ(result.faces.at(0).probabilities, expected.faces.at(0).probabilities);
      return true;
    });
    EXPECT_EQ(analyzer.report().frames, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, VideoRun, testing::Values(Cores::one, Cores::all),
                         [](const auto& info) { return info.param == Cores::one ? "one" : "all"; });

}  // namespace
}  // namespace mien
