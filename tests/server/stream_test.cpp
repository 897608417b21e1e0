#include "server/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <opencv2/imgcodecs.hpp>

#include "asker.h"
#include "made_video.h"
#include "mien/error.h"
#include "server/paced_source.h"
#include "server/stream_routes.h"
#include "stub_analyzer.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using boost::beast::http::status;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

/// Lets the frames of a source pass one by one.
class Steps {
 public:
  void give(int frames) {
    {
      const std::lock_guard lock(mutex_);
      given_ += frames;
    }
    wake_.notify_all();
  }
  void break_off() { end(true); }
  void finish() { end(false); }
  void interrupt() { end(false); }

  /// False at the end.
  bool take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return given_ > 0 || ended_; });
    if (given_ > 0) {
      --given_;
      return true;
    }
    if (broken_) throw Error(ErrorCode::input, "rtsp://me:secret@door/a: the camera is gone");
    return false;
  }

 private:
  void end(bool broken) {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      broken_ = broken;
    }
    wake_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  int given_ = 0;
  bool ended_ = false;
  bool broken_ = false;
};

class SteppedSource final : public FrameSource {
 public:
  explicit SteppedSource(std::shared_ptr<Steps> steps) : steps_(std::move(steps)) {
    info_.live = true;
  }
  const SourceInfo& info() const override { return info_; }
  bool next(Frame& frame) override {
    if (!steps_->take()) return false;
    const auto picture = test::numbered_picture(static_cast<int>(index_));
    frame.picture.recreate(picture.cols, picture.rows, PixelFormat::bgr);
    std::copy(picture.datastart, picture.dataend, frame.picture.pixels().begin());
    frame.index = index_++;
    frame.time = static_cast<double>(frame.index) / 25;
    return true;
  }
  void interrupt() override { steps_->interrupt(); }

 private:
  std::shared_ptr<Steps> steps_;
  SourceInfo info_;
  long long index_ = 0;
};

class StreamTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.input = "rtsp://me:secret@door/a";
    options_.retry = std::chrono::milliseconds(20);
    options_.make_analyzer = [] { return stub_analyzer(); };
    options_.open = [this](const std::string&, const FrameSourceOptions& source) {
      ++opened_;
      notice_ = source.notice;
      return std::make_unique<SteppedSource>(steps_);
    };
  }

  void start() {
    stream_.emplace(options_);
    add_stream_routes(router_, &*stream_, embedding_);
  }

  /// Gives frames one by one, as none may be dropped here.
  void give(int frames) {
    for (int i = 0; i < frames; ++i) {
      const auto before = stream_->analyzed();
      steps_->give(1);
      ASSERT_TRUE(comes_true([&] { return stream_->analyzed() > before; }));
    }
    // What is shown of a frame follows its being counted.
    if (stream_->pictures().viewers() > 0) {
      ASSERT_TRUE(comes_true([&] { return stream_->encoded() >= shown_ + frames; }));
    }
    shown_ = stream_->encoded();
  }

  std::unique_ptr<BodySource> watch(const std::string& path = "/stream.mjpg") {
    auto response = asker_.get(path);
    EXPECT_EQ(response.status, status::ok) << response.body;
    EXPECT_TRUE(response.source);
    return std::move(response.source);
  }

  Json status_json() { return asker_.get_json("/api/v1/stream"); }

  bool comes_to(const std::string& state) {
    return comes_true([&] { return status_json()["state"] == state; });
  }

  StreamOptions options_;
  bool embedding_ = false;
  std::shared_ptr<Steps> steps_ = std::make_shared<Steps>();
  std::function<void(const std::string&)> notice_;
  std::atomic<int> opened_ = 0;
  Router router_;
  Asker asker_{router_};
  std::optional<Stream> stream_;

 private:
  long long shown_ = 0;
};

TEST_F(StreamTest, SaysHowToStartOne) {
  add_stream_routes(router_, nullptr, false);
  for (const auto* path : {"/stream.mjpg", "/api/v1/stream", "/api/v1/stream/events"}) {
    const auto response = asker_.get(path);
    EXPECT_EQ(response.status, status::not_found);
    EXPECT_THAT(sentence(response), HasSubstr("--source"));
  }
}

TEST_F(StreamTest, PagesOfOtherSitesShowItWhenTheyMay) {
  constexpr const char* kPolicy = "Cross-Origin-Resource-Policy";
  start();
  EXPECT_FALSE(asker_.get("/stream.mjpg").headers.contains(kPolicy)) << "the server's own holds";
  router_ = {};
  embedding_ = true;
  add_stream_routes(router_, &*stream_, embedding_);
  EXPECT_EQ(asker_.get("/stream.mjpg").headers.at(kPolicy), "cross-origin");
  EXPECT_FALSE(asker_.get("/api/v1/stream/events").headers.contains(kPolicy));
}

TEST_F(StreamTest, NothingIsEncodedWhileNobodyWatches) {
  start();
  give(5);
  EXPECT_EQ(stream_->encoded(), 0);
  {
    const auto viewer = watch();
    give(2);
    EXPECT_EQ(stream_->encoded(), 2);
  }
  give(3);
  EXPECT_EQ(stream_->analyzed(), 10);
  EXPECT_EQ(stream_->encoded(), 2);
}

TEST_F(StreamTest, AllViewersShareOneAnalysis) {
  start();
  std::vector<std::unique_ptr<BodySource>> viewers;
  for (int i = 0; i < 3; ++i) viewers.push_back(watch());
  EXPECT_EQ(status_json()["viewers"], 3);
  for (int i = 0; i < 4; ++i) {
    give(1);
    const auto first = asker_.next(*viewers[0]);
    EXPECT_EQ(asker_.next(*viewers[1]), first);
    EXPECT_EQ(asker_.next(*viewers[2]), first);
  }
  EXPECT_EQ(stream_->analyzed(), 4);
  EXPECT_EQ(stream_->encoded(), 4);
}

TEST_F(StreamTest, IsMjpegThatBrowsersAndPlayersRead) {
  start();
  auto response = asker_.get("/stream.mjpg");
  EXPECT_EQ(response.type, "multipart/x-mixed-replace; boundary=frame");
  EXPECT_EQ(response.headers.at("Cache-Control"), "no-store");
  std::string sent;
  for (int i = 0; i < 3; ++i) {
    give(1);
    const auto piece = asker_.next(*response.source).value_or("");
    EXPECT_THAT(piece, testing::EndsWith("\r\n--frame\r\n")) << "a picture shows with the boundary";
    sent += piece;
  }
  ASSERT_THAT(sent, StartsWith("--frame\r\n"));
  std::string_view rest = std::string_view(sent).substr(9);
  for (int i = 0; i < 3; ++i) {
    const std::string_view head = "Content-Type: image/jpeg\r\nContent-Length: ";
    ASSERT_TRUE(rest.starts_with(head));
    rest.remove_prefix(head.size());
    const auto size = std::stoul(std::string(rest.substr(0, 10)));
    rest.remove_prefix(rest.find("\r\n\r\n") + 4);
    const std::vector<char> jpeg(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(cv::imdecode(jpeg, cv::IMREAD_COLOR).size(), cv::Size(64, 48));
    rest.remove_prefix(size);
    ASSERT_TRUE(rest.starts_with("\r\n--frame\r\n"));
    rest.remove_prefix(11);
  }
  EXPECT_TRUE(rest.empty());
  const test::TemporaryFolder folder;
  folder.write("sent", {sent.begin(), sent.end()});
  if (!test::run_ffmpeg(folder.path(), "-f lavfi -i color=size=8x8 -frames:v 1 probe.png"))
    GTEST_SKIP() << "the program ffmpeg is missing";
  EXPECT_TRUE(test::run_ffmpeg(folder.path(), "-f mpjpeg -i sent seen%d.png"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "seen3.png"));
}

TEST_F(StreamTest, ASlowViewerGetsTheNewestAlone) {
  start();
  const auto fast = watch();
  const auto slow = watch();
  std::optional<std::string> newest;
  for (int i = 0; i < 5; ++i) {
    give(1);
    newest = asker_.next(*fast);
  }
  const auto late = asker_.next(*slow);
  ASSERT_TRUE(late && newest);
  EXPECT_EQ(late->substr(late->find("Content-Type")), newest->substr(newest->find("Content-Type")));
  EXPECT_TRUE(asker_.stays_silent(*slow, 50)) << "nothing was queued";
}

TEST_F(StreamTest, EventsCarryTheResults) {
  start();
  const auto events = watch("/api/v1/stream/events");
  EXPECT_EQ(asker_.next(*events), "retry: 3000\n\n");
  give(1);
  const auto event = asker_.next(*events).value_or("");
  ASSERT_THAT(event, StartsWith("event: result\ndata: {"));
  ASSERT_THAT(event, testing::EndsWith("}\n\n"));
  const auto result = Json::parse(event.substr(event.find('{')));
  EXPECT_EQ(result["source"], "rtsp://door/a");
  EXPECT_EQ(result["frame"], 0);
  EXPECT_EQ(result["faces"][0]["expression"], "happy");
  EXPECT_EQ(stream_->encoded(), 0) << "nobody sees pictures";
  stream_->stop();
  EXPECT_EQ(asker_.next(*events), "event: end\ndata: {}\n\n");
  EXPECT_EQ(asker_.next(*events), std::nullopt);
}

TEST_F(StreamTest, AViewerWhoLeavesWhileWaitingHarmsNobody) {
  start();
  for (const auto* path : {"/stream.mjpg", "/api/v1/stream/events"}) {
    auto left = watch(path);
    if (std::string_view(path).ends_with("events")) asker_.next(*left);
    EXPECT_TRUE(asker_.stays_silent(*left, 20));
  }
  EXPECT_EQ(status_json()["viewers"], 0);
  const auto viewer = watch();
  give(1);
  EXPECT_TRUE(asker_.next(*viewer));
}

TEST_F(StreamTest, ABrokenCameraIsOpenedAgain) {
  options_.retry = std::chrono::milliseconds(200);
  std::vector<std::string> told;
  options_.source.notice = [&](const std::string& notice) { told.push_back(notice); };
  start();
  const auto viewer = watch();
  give(1);
  EXPECT_TRUE(asker_.next(*viewer));
  auto old = std::exchange(steps_, std::make_shared<Steps>());
  old->break_off();
  ASSERT_TRUE(comes_to("failed"));
  EXPECT_EQ(status_json()["message"], "rtsp://door/a: the camera is gone") << "no password";
  ASSERT_TRUE(comes_true([&] { return opened_ == 2; }));
  give(1);
  EXPECT_EQ(status_json()["state"], "running");
  EXPECT_EQ(status_json()["message"], "");
  EXPECT_TRUE(asker_.next(*viewer)) << "who watched goes on watching";
  stream_->stop();
  EXPECT_THAT(told, testing::ElementsAre("rtsp://door/a: the camera is gone"))
      << "no password in a log";
}

TEST_F(StreamTest, TellsOfReconnections) {
  start();
  give(1);
  notice_("rtsp://me:secret@door/a: connecting again in 0.5 s");
  EXPECT_EQ(status_json()["message"], "rtsp://door/a: connecting again in 0.5 s");
  EXPECT_EQ(status_json()["source"], "rtsp://door/a");
}

TEST_F(StreamTest, StandardInputEnds) {
  options_.input = "-";
  start();
  const auto viewer = watch();
  give(2);
  EXPECT_TRUE(asker_.next(*viewer));
  steps_->finish();
  EXPECT_EQ(asker_.next(*viewer), std::nullopt);
  EXPECT_TRUE(comes_to("ended"));
  const auto late = asker_.get("/stream.mjpg");
  EXPECT_EQ(late.status, status::service_unavailable);
  EXPECT_THAT(sentence(late), HasSubstr("ended"));
}

TEST_F(StreamTest, AFilePlaysInRealTimeAndBeginsAnew) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "door.avi";
  test::write_video(path, 10, 20, {64, 48}, "MJPG");
  options_.input = path.string();
  options_.open = open_frame_source;
  const auto begin = Clock::now();
  start();
  ASSERT_TRUE(comes_true([&] { return stream_->analyzed() > 10; }));
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(480));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(5));
  EXPECT_LT(status_json()["frame"], 10);
  EXPECT_EQ(status_json()["source"], "door.avi");
  EXPECT_LE(status_json()["rate"], 30);
}

TEST_F(StreamTest, ASourceThatCannotBeOpenedIsSaidAtTheStart) {
  options_.open = open_frame_source;
  options_.input = "/nowhere/door.mp4";
  EXPECT_THROW(start(), Error);
}

TEST_F(StreamTest, StopsSoonWhateverItWaitsFor) {
  const auto begin = Clock::now();
  start();
  stream_->stop();  // waits for a frame
  stream_.reset();
  options_.retry = std::chrono::hours(1);
  steps_ = std::make_shared<Steps>();
  steps_->break_off();
  stream_.emplace(options_);
  ASSERT_TRUE(comes_true([&] { return stream_->status().state == StreamState::failed; }));
  stream_->stop();  // waits to open the source again
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
}

/// Gives frames as fast as they are taken.
class QuickSource final : public FrameSource {
 public:
  explicit QuickSource(std::vector<double> times) : times_(std::move(times)) { info_.rate = 10; }
  const SourceInfo& info() const override { return info_; }
  bool next(Frame& frame) override {
    if (given_ == times_.size() || interrupted_) return false;
    frame.time = times_[given_++];
    return true;
  }
  void interrupt() override { interrupted_ = true; }

 private:
  std::vector<double> times_;
  std::size_t given_ = 0;
  std::atomic<bool> interrupted_ = false;
  SourceInfo info_;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

TEST(PacedSource, GivesEachFrameWhenItsTimeHasCome) {
  PacedSource source(std::make_unique<QuickSource>(std::vector<double>{5, 5.1, 5.3}));
  EXPECT_TRUE(source.info().live) << "late frames are dropped";
  Frame frame;
  const auto begin = Clock::now();
  for (const double due : {0.0, 0.1, 0.3}) {
    ASSERT_TRUE(source.next(frame));
    EXPECT_GE(seconds_since(begin), due - 0.005);
    EXPECT_LT(seconds_since(begin), due + 0.1);
  }
  EXPECT_FALSE(source.next(frame));
  EXPECT_GE(seconds_since(begin), 0.495) << "the last frame lasts as long as the one before";
}

TEST(PacedSource, IsInterruptedWhileItWaits) {
  PacedSource source(std::make_unique<QuickSource>(std::vector<double>{0, 1000}));
  Frame frame;
  ASSERT_TRUE(source.next(frame));
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    source.interrupt();
  });
  EXPECT_FALSE(source.next(frame));
}

}  // namespace
}  // namespace mien::server
