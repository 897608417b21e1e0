// Live sessions against the real server, with a stub analyzer.
#include <gmock/gmock.h>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "mien/error.h"
#include "running_server.h"

namespace mien::server {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;

class Live : public RunningServer {
 protected:
  static json next(LiveClient& client) {
    const auto message = client.receive();
    if (!message || message->kind != 1) {
      ADD_FAILURE() << "no answer";
      return json::object();
    }
    return json::parse(message->bytes);
  }

  /// The code of the close that follows what else is sent; 0 when there is none.
  static int close_code(LiveClient& client, milliseconds time = milliseconds(10'000)) {
    while (const auto message = client.receive(time)) {
      if (message->kind == 8) return message->code();
    }
    return 0;
  }

  /// Closes the turnstile and lets a first frame wait before it.
  LiveClient held_up() {
    stub.turnstile = std::make_shared<Turnstile>();
    start();
    stub.turnstile->close();
    auto client = live();
    client.send_frame(some_jpeg());
    EXPECT_TRUE(comes_true([this] { return metric("mien_live_clients") == 1; }));
    std::this_thread::sleep_for(milliseconds(100));
    return client;
  }
};

TEST_F(Live, EachFrameIsAnswered) {
  start();
  auto client = live();
  EXPECT_EQ(client.handshake().status, 101);
  EXPECT_EQ(client.handshake().headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (int i = 0; i < 3; ++i) {
    client.send_frame(some_jpeg());
    const auto answer = next(client);
    EXPECT_EQ(answer.at("frame"), i);
    EXPECT_EQ(answer.at("source"), "live");
    EXPECT_EQ(answer.at("dropped"), 0);
    EXPECT_GE(answer.at("delay"), 0);
    EXPECT_EQ(answer.at("width"), 40);
    EXPECT_EQ(answer.at("faces").at(0).at("expression"), "happy");
    EXPECT_EQ(answer.at("faces").at(0).at("track"), 1);
  }
  client.send_frame(bytes_of(test::four_quarters(), ".webp"));
  EXPECT_EQ(next(client).at("frame"), 3);
  EXPECT_EQ(metric("mien_live_delay_seconds_count"), 4);
}

TEST_F(Live, FramesMayChangeTheirSize) {
  start();
  auto client = live();
  for (const int side : {64, 200, 31, 400}) {
    client.send_frame(bytes_of(cv::Mat(side, 2 * side, CV_8UC3, cv::Scalar(90)), ".jpg"));
    EXPECT_EQ(next(client).at("height"), side);
  }
}

TEST_F(Live, OfWaitingFramesTheNewestIsAnalyzed) {
  auto client = held_up();
  for (int i = 1; i <= 5; ++i) client.send_frame(some_jpeg());
  std::this_thread::sleep_for(milliseconds(300));
  stub.turnstile->open();
  auto answer = next(client);
  EXPECT_EQ(answer.at("frame"), 0);
  EXPECT_EQ(answer.at("dropped"), 0);
  answer = next(client);
  EXPECT_EQ(answer.at("frame"), 5);
  EXPECT_EQ(answer.at("dropped"), 4);
  EXPECT_GE(answer.at("delay"), 200);
  EXPECT_EQ(metric("mien_dropped_frames_total"), 4);
}

TEST_F(Live, WhatIsNoPictureIsSaid) {
  start();
  auto client = live();
  const auto jpeg = some_jpeg();
  const std::vector<std::string> bad = {"", "GIF89a", jpeg.substr(0, jpeg.size() / 2),
                                        bytes_of(test::four_quarters(), ".png"),
                                        std::string("RIFF\4\0\0\0WEBPVP8 ", 16)};
  for (std::size_t i = 0; i < bad.size(); ++i) {
    client.send_frame(bad[i]);
    const auto answer = next(client);
    EXPECT_EQ(answer.at("frame"), i);
    EXPECT_EQ(answer.at("error").at("status"), 400);
    EXPECT_NE(answer.at("error").at("message"), "");
  }
  client.send_frame(jpeg);
  EXPECT_EQ(next(client).at("faces").size(), 1);
}

TEST_F(Live, WhatIsWrongWithinTheServerIsToldToItsUserOnce) {
  std::vector<std::string> told;
  std::mutex mutex;
  options.notice = [&](const std::string& notice) {
    const std::lock_guard lock(mutex);
    told.push_back(notice);
  };
  options.analysis = stub_analysis(stub);
  options.analysis.make_model = [made = options.analysis.make_model](const std::string& name) {
    if (name == "mien-tiny") throw Error(ErrorCode::model, "/home/me/mien-tiny.onnx: is broken");
    return made(name);
  };
  server.emplace(options);
  LiveClient client(server->port(), "/api/v1/live?model=mien-tiny");
  for (int i = 0; i < 2; ++i) {
    client.send_frame(some_jpeg());
    const auto error = next(client).at("error");
    EXPECT_EQ(error.at("status"), 500);
    EXPECT_THAT(error.at("message").get<std::string>(), testing::Not(HasSubstr("/home/me")));
  }
  const std::lock_guard lock(mutex);
  EXPECT_THAT(told, testing::ElementsAre("a live client: /home/me/mien-tiny.onnx: is broken"));
}

TEST_F(Live, NothingButBadFramesEndsIt) {
  start();
  auto client = live();
  for (int i = 0; i < 10; ++i) {
    client.send_frame("no picture");
    EXPECT_TRUE(next(client).contains("error"));
  }
  EXPECT_EQ(close_code(client), 1003);
  EXPECT_TRUE(client.raw().is_ended_within(milliseconds(3000)));
}

TEST_F(Live, APictureOfTooManyPixelsIsRefused) {
  options.limits.live_frame_pixels = 10'000;
  start();
  auto client = live();
  client.send_frame(bytes_of(cv::Mat(101, 100, CV_8UC3, cv::Scalar(0)), ".jpg"));
  EXPECT_THAT(next(client).at("error").at("message"), HasSubstr("pixels"));
}

TEST_F(Live, ATooLargeFrameEndsIt) {
  start();
  auto client = live();
  client.raw().send(std::string("\x82\xFF\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00", 14));
  const std::string block(1 << 20, 'x');  // of the 100 MB that were announced
  for (int i = 0; i < 100 && client.raw().send(block); ++i) {
  }
  EXPECT_EQ(close_code(client), 1009);
  EXPECT_TRUE(comes_true([this] { return metric("mien_live_clients") == 0; }));
  EXPECT_LT(metric("process_resident_memory_bytes"), 1e9);
}

TEST_F(Live, GarbageInPlaceOfFramesEndsIt) {
  start();
  auto client = live();
  client.raw().send(std::string(1000, '\xFF'));
  EXPECT_EQ(close_code(client), 1002);
  auto other = live();
  other.send(1, "\xFF\xFE");  // no UTF-8
  EXPECT_EQ(close_code(other), 1007);
}

TEST_F(Live, ATextThatIsNotUnderstoodIsAnswered) {
  start();
  auto client = live();
  for (const auto* text :
       {"hello", "{}", R"({"reset":false})", R"({"reset":true,"a":1})", "[[[["}) {
    client.send_text(text);
    EXPECT_EQ(next(client).at("error").at("status"), 400) << text;
  }
  client.send_text(std::string(5000, ' '));
  EXPECT_EQ(close_code(client), 1009);
}

TEST_F(Live, AResetForgetsTheTracks) {
  start();
  auto client = live();
  client.send_frame(some_jpeg());
  const double before = next(client).at("time");
  client.send_text(R"({"reset":true})");
  client.send_frame(some_jpeg());
  const auto answer = next(client);
  EXPECT_EQ(answer.at("frame"), 1);
  EXPECT_GT(answer.at("time"), before);
  EXPECT_EQ(answer.at("faces").at(0).at("track"), 1);
}

TEST_F(Live, SilenceEndsIt) {
  options.limits.live_silence = Limits::Seconds(0.4);
  start();
  auto client = live();
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(milliseconds(200));
    client.send_frame(some_jpeg());
    EXPECT_EQ(next(client).at("frame"), i);
  }
  EXPECT_EQ(close_code(client, milliseconds(3000)), 1008);
}

TEST_F(Live, TooManyFramesASecondEndIt) {
  options.limits.live_rate = 10;
  start();
  auto client = live();
  for (int i = 0; i < 30; ++i) client.send_frame(some_jpeg());
  EXPECT_EQ(close_code(client), 1008);
}

TEST_F(Live, AClientThatSaysGoodbyeIsAnswered) {
  start();
  auto client = live();
  client.send(8, std::string("\x03\xE8", 2));
  EXPECT_EQ(close_code(client), 1000);
  EXPECT_TRUE(comes_true([this] { return metric("mien_live_clients") == 0; }));
}

TEST_F(Live, AClientThatVanishesIsForgotten) {
  start();
  {
    auto client = live();
    client.send_frame(some_jpeg());
  }
  EXPECT_TRUE(comes_true([this] { return metric("mien_live_clients") == 0; }));
}

TEST_F(Live, SeveralClientsShareTheAnalyzers) {
  start();
  std::vector<LiveClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(live());
  for (int round = 0; round < 5; ++round) {
    for (auto& client : clients) client.send_frame(some_jpeg());
    for (auto& client : clients) EXPECT_EQ(next(client).at("frame"), round);
  }
}

TEST_F(Live, AClientThatNeverReadsSlowsNoOther) {
  options.limits.progress_time = Limits::Seconds(0.5);
  options.limits.live_rate = 100'000;
  start();
  auto deaf = live();
  auto client = live();
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 200; ++j) deaf.send_text("not understood");
    client.send_frame(some_jpeg());
    EXPECT_EQ(next(client).at("frame"), i);
  }
  EXPECT_TRUE(comes_true([&] {
    for (int j = 0; j < 200; ++j) deaf.send_text("not understood");
    return metric("mien_live_clients") == 1;
  }));
}

TEST_F(Live, MoreClientsThanTheLimitAreTurnedAway) {
  options.limits.live_clients = 1;
  start();
  auto first = live();
  EXPECT_EQ(first.handshake().status, 101);
  EXPECT_EQ(live().handshake().status, 503);
}

TEST_F(Live, AnUnknownModelOrAddressIsRefused) {
  start();
  const auto status = [this](const char* path) {
    return LiveClient(server->port(), path).handshake().status;
  };
  EXPECT_EQ(status("/api/v1/live?model=mien-base"), 101);
  EXPECT_EQ(status("/api/v1/live?model=../../etc/passwd"), 400);
  EXPECT_EQ(status("/api/v1/jobs"), 404);
}

}  // namespace
}  // namespace mien::server
