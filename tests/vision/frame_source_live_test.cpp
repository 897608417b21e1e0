#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <stop_token>
#include <thread>

#include "made_video.h"
#include "mien/frame_source.h"
#include "vision/source/reconnecting_reader.h"
#include "vision/source/selected_frames.h"

namespace mien {
namespace {

using test::Given;
using test::refusal;
using test::take_all;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// ---- A camera that is unplugged

/// Gives so many frames, then breaks.
class FakeCamera final : public FrameReader {
 public:
  explicit FakeCamera(int frames) : left_(frames) { info_.live = true; }
  const StreamInfo& info() const override { return info_; }
  bool advance() override {
    if (left_-- > 0) return true;
    throw Error(ErrorCode::input, "the camera is gone; plug it in");
  }
  std::optional<double> time() const override { return 0.04 * (100 - left_); }
  bool read(Image& picture) override {
    picture.recreate(2, 2, PixelFormat::bgr);
    return true;
  }

 private:
  StreamInfo info_;
  int left_;
};

/// Connections that were planned: each with so many frames, or none to be had.
struct Plan {
  std::deque<std::optional<int>> connections;
  std::vector<std::string> notices;
  int opened = 0;

  std::unique_ptr<FrameSource> source(
      const ReconnectOptions& wishes,
      std::shared_ptr<Interruption> interruption = std::make_shared<Interruption>()) {
    auto options = wishes;
    options.notice = [this](const std::string& text) { notices.push_back(text); };
    const auto open = [this]() -> std::unique_ptr<FrameReader> {
      ++opened;
      if (connections.empty()) throw Error(ErrorCode::input, "no camera; plug it in");
      const auto frames = connections.front();
      connections.pop_front();
      if (!frames) throw Error(ErrorCode::input, "no camera; plug it in");
      return std::make_unique<FakeCamera>(*frames);
    };
    auto reader = std::make_unique<ReconnectingReader>(open(), open, options, interruption);
    return std::make_unique<SelectedFrames>(std::move(reader), interruption, "camera:0",
                                            FrameSourceOptions());
  }
};

ReconnectOptions quick(int most) {
  return {.most = most, .first = 0.001, .longest = 0.004, .steady = 100, .notice = {}};
}

TEST(LiveSource, IsConnectedAgainAndSaysSo) {
  Plan plan{.connections = {3, std::nullopt, 2}, .notices = {}};
  const auto source = plan.source(quick(2));
  EXPECT_TRUE(source->info().live);
  const auto given = take_all(*source);
  EXPECT_THAT(given.indices, ElementsAre(0, 1, 2, 3, 4));
  for (std::size_t i = 1; i < given.times.size(); ++i) {
    EXPECT_GT(given.times[i], given.times[i - 1]);
  }
  EXPECT_THAT(plan.notices,
              ElementsAre(AllOf(HasSubstr("the camera is gone"), HasSubstr("(1 of 2)")),
                          AllOf(HasSubstr("no camera"), HasSubstr("(2 of 2)")),
                          HasSubstr("connected again")));
  EXPECT_THAT(given.error,
              AllOf(HasSubstr("given up after 2 reconnects"), HasSubstr("the camera is gone")));
}

TEST(LiveSource, WaitsTwiceAsLongEachTime) {
  Plan plan{.connections = {1}, .notices = {}};
  const auto source =
      plan.source({.most = 5, .first = 0.1, .longest = 0.25, .steady = 100, .notice = {}});
  const auto given = take_all(*source);
  EXPECT_THAT(given.numbers, SizeIs(1));
  EXPECT_THAT(plan.notices,
              ElementsAre(HasSubstr("in 0.1 s"), HasSubstr("in 0.2 s"), HasSubstr("in 0.2 s"),
                          HasSubstr("in 0.2 s"), HasSubstr("in 0.2 s")));
  EXPECT_EQ(plan.opened, 6);
}

TEST(LiveSource, ThatWorkedForAWhileHasAllItsTriesAgain) {
  Plan plan{.connections = {1, 1, 1, 1}, .notices = {}};
  auto options = quick(1);
  options.steady = 0;
  EXPECT_THAT(take_all(*plan.source(options)).numbers, SizeIs(4));
}

TEST(LiveSource, WithoutReconnectsEndsAtOnce) {
  Plan plan{.connections = {2, 2}, .notices = {}};
  const auto given = take_all(*plan.source(quick(0)));
  EXPECT_THAT(given.numbers, SizeIs(2));
  EXPECT_THAT(given.error, HasSubstr("the camera is gone"));
}

TEST(LiveSource, IsInterruptedWhileItWaitsToConnect) {
  Plan plan{.connections = {1}, .notices = {}};
  const auto source =
      plan.source({.most = 5, .first = 500, .longest = 500, .steady = 100, .notice = {}});
  Frame frame;
  ASSERT_TRUE(source->next(frame));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    source->interrupt();
  });
  EXPECT_FALSE(source->next(frame));
  other.join();
}

// ---- Addresses on the loopback

/// Answers each connection with the same words, then closes it or stays silent.
class Server {
 public:
  enum class Then { closes, is_silent };

  Server(test::Bytes words, Then then) : words_(std::move(words)), then_(then) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    thread_ = {};
    for (const int connection : connections_) ::close(connection);
    ::close(socket_);
  }

  std::string at(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/camera";
  }
  int connections() const { return count_; }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      ++count_;
      answer(connection);
    }
  }

  void answer(int connection) {
    if (!words_.empty()) {
      std::array<char, 4096> request{};
      [[maybe_unused]] const auto read = ::read(connection, request.data(), request.size());
      [[maybe_unused]] const auto sent =
          ::send(connection, words_.data(), words_.size(), MSG_NOSIGNAL);
    }
    if (then_ == Then::closes) {
      ::shutdown(connection, SHUT_WR);
    }
    connections_.push_back(connection);
  }

  test::Bytes words_;
  Then then_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> count_ = 0;
  std::vector<int> connections_;
  std::jthread thread_;
};

test::Bytes multipart(int count) {
  const std::string head =
      "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
  test::Bytes words(head.begin(), head.end());
  for (int i = 0; i < count; ++i) {
    const auto jpeg = test::encoded(test::numbered_picture(i), ".jpg");
    const std::string part =
        "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(jpeg.size()) +
        "\r\n\r\n";
    words.insert(words.end(), part.begin(), part.end());
    words.insert(words.end(), jpeg.begin(), jpeg.end());
    words.push_back('\r');
    words.push_back('\n');
  }
  return words;
}

class SilentAddress : public testing::TestWithParam<std::string> {};

TEST_P(SilentAddress, IsGivenUpInTime) {
  const Server server({}, Server::Then::is_silent);
  testing::internal::CaptureStderr();
  const auto refused = refusal(server.at(GetParam()), {.connect_seconds = 0.3});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words,
              AllOf(HasSubstr(": no answer within 0.3"), HasSubstr(server.at(GetParam()))));
}

TEST_P(SilentAddress, IsGivenUpAtOnceWhenStopped) {
  const Server server({}, Server::Then::is_silent);
  std::stop_source stop;
  const std::jthread stopper([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  refusal(server.at(GetParam()), {.connect_seconds = 300, .stop = stop.get_token()});
  // Far less than the time that it would have waited for an answer.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

INSTANTIATE_TEST_SUITE_P(Schemes, SilentAddress, testing::Values("rtsp", "http", "rtsps", "https"),
                         [](const auto& name) { return name.param; });

TEST(NetworkStream, ThatNobodyServesIsRefused) {
  std::string nowhere;
  {
    const Server server({}, Server::Then::closes);
    nowhere = server.at("http");
  }
  const auto refused = refusal(nowhere);
  EXPECT_EQ(refused.code, ErrorCode::input);
  EXPECT_THAT(refused.words, AllOf(HasSubstr(nowhere), HasSubstr("check the address")));
}

TEST(NetworkStream, ThatIsNoVideoIsRefused) {
  const std::string page = "HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
  const Server server({page.begin(), page.end()}, Server::Then::closes);
  EXPECT_THAT(refusal(server.at("http")).words, HasSubstr("404"));
}

TEST(NetworkStream, OfMjpegIsConnectedAgainWhenItEnds) {
  const Server server(multipart(8), Server::Then::closes);
  std::vector<std::string> notices;
  FrameSourceOptions options{.connect_seconds = 3, .reconnects = 1};
  options.notice = [&](const std::string& text) { notices.push_back(text); };
  const auto source = open_frame_source(server.at("http"), options);
  EXPECT_TRUE(source->info().live);
  EXPECT_FALSE(source->info().file);
  const auto given = take_all(*source);
  EXPECT_THAT(given.numbers, AllOf(SizeIs(testing::Ge(14U)), testing::Contains(7)));
  EXPECT_THAT(notices, ElementsAre(AllOf(HasSubstr(server.at("http")), HasSubstr("in 0.5 s")),
                                   HasSubstr("connected again")));
  EXPECT_THAT(given.error, HasSubstr("given up after 1 reconnects"));
  EXPECT_EQ(server.connections(), 2);
}

TEST(NetworkStream, ThatFallsSilentIsAnError) {
  const Server server(multipart(8), Server::Then::is_silent);
  const auto given = take_all(server.at("http"), {.connect_seconds = 1, .reconnects = 0});
  EXPECT_THAT(given.numbers, testing::Contains(5));
  EXPECT_THAT(given.error, HasSubstr("no frame came any more"));
}

TEST(NetworkStream, IsInterruptedWhileItIsSilent) {
  const Server server(multipart(8), Server::Then::is_silent);
  const auto source = open_frame_source(server.at("http"), {.connect_seconds = 600});
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    source->interrupt();
  });
  EXPECT_EQ(take_all(*source).error, "");
}

TEST(NetworkStream, TakesNoRawSize) {
  EXPECT_EQ(refusal("http://127.0.0.1:9/", {.raw_size = "4x4"}).code, ErrorCode::usage);
}

}  // namespace
}  // namespace mien
