// The server ends in order, whatever goes on.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "running_server.h"

namespace mien::server {
namespace {

using std::chrono::milliseconds;

class Stopping : public RunningServer {
 protected:
  milliseconds stop() {
    const auto begun = std::chrono::steady_clock::now();
    server->stop();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  }
};

TEST_F(Stopping, AtOnceWhenNothingGoesOn) {
  start();
  auto idle = client();
  idle.ask(get("/api/v1/health"));
  auto half = client();
  half.send("GET / HT");
  EXPECT_LT(stop(), milliseconds(900));
  EXPECT_TRUE(idle.is_ended_within(milliseconds(500)));
  EXPECT_LT(stop(), milliseconds(10));  // again does nothing
}

TEST_F(Stopping, LiveClientsAreTold) {
  start();
  auto client = live();
  client.send_frame(some_jpeg());
  EXPECT_EQ(client.receive()->kind, 1);
  std::thread stopping([this] { server->stop(); });
  const auto goodbye = client.receive();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->kind, 8);
  EXPECT_EQ(goodbye->code(), 1001);
  client.send(8, goodbye->bytes);
  stopping.join();
}

TEST_F(Stopping, WithinTwoSecondsUnderLoad) {
  stub.delay = milliseconds(20);
  start();
  std::atomic<bool> done = false;
  std::vector<std::jthread> load;
  for (int i = 0; i < 4; ++i) {
    load.emplace_back([this, &done] {
      auto client = live();
      while (!done && client.send_frame(some_jpeg())) {
        if (!client.receive(milliseconds(1000))) break;
      }
    });
    load.emplace_back([this, &done] {
      auto client = this->client();
      while (!done && client.send(post("/api/v1/analyze", "image/jpeg", some_jpeg())) &&
             client.read_answer()) {
      }
    });
  }
  auto deaf = live();
  deaf.raw().set_receive_buffer(32768);
  for (int i = 0; i < 500; ++i) deaf.send_text("not understood");
  load.emplace_back([this, &done] {
    const std::string noise(20'000, '\x82');
    try {
      while (!done) {
        for (auto frames = live(); frames.send_frame(noise);) {
        }
        client().send(noise);
      }
    } catch (const std::runtime_error&) {  // nobody listens any more
    }
  });
  auto half = live();
  half.raw().send({"\x82\xFE\x70\x00\0\0\0\0half of a message", 24});
  auto huge = live();
  huge.raw().send({"\x82\xFF\0\0\0\0\x05\xF5\xE1\x00\0\0\0\0", 14});
  auto upload = client();
  upload.send(
      "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n"
      "Content-Length: 100000\r\n\r\nabc");
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_LT(stop(), milliseconds(2000));
  done = true;
}

TEST_F(Stopping, ARequestThatIsNearlyDoneIsAnswered) {
  stub.delay = milliseconds(200);
  start();
  auto client = this->client();
  client.send(post("/api/v1/analyze", "image/jpeg", some_jpeg()));
  std::this_thread::sleep_for(milliseconds(100));
  std::thread stopping([this] { server->stop(); });
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.at("connection"), "close");
  stopping.join();
}

TEST_F(Stopping, WhatWaitsForAnAnalyzerIsNotDone) {
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  stub.turnstile = std::make_shared<Turnstile>();
  start();
  stub.turnstile->close();
  std::vector<RawClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(client());
    clients.back().send(post("/api/v1/analyze", "image/jpeg", some_jpeg()));
    std::this_thread::sleep_for(milliseconds(100));  // until an analyzer took it
  }
  EXPECT_TRUE(comes_true([this] { return metric("mien_waiting") == 3; }));
  EXPECT_LT(stop(), milliseconds(2000));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "though two are not done";
  int refused = 0;
  for (auto& each : clients) {
    const auto answer = each.read_answer();
    if (answer && answer->status == 503) ++refused;
  }
  EXPECT_EQ(refused, 3);
  stub.turnstile->open();
  ::unsetenv("TMPDIR");
}

TEST_F(Stopping, ItsPrivateFoldersGo) {
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  start();
  EXPECT_FALSE(std::filesystem::is_empty(folder.path()));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.status().permissions(), std::filesystem::perms::owner_all);
  }
  server.reset();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace mien::server
