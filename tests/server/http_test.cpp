// How the server speaks HTTP, over real sockets.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "running_server.h"

namespace mien::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Http : public RunningServer {};

TEST_F(Http, AConnectionIsUsedAgain) {
  start();
  auto client = this->client();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(get("/api/v1/health")).status, 200);
  EXPECT_EQ(client.ask(get("/api/v1/none")).status, 404);
  const auto answer = client.ask(get("/api/v1/health"));
  EXPECT_EQ(answer.body, R"({"status":"ok","version":"1.2.3"})");
  EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.headers.at("cross-origin-resource-policy"), "same-origin");
}

TEST_F(Http, RequestsMayFollowWithoutWaiting) {
  start();
  auto client = this->client();
  client.send(get("/api/v1/health") + get("/api/v1/info") + get("/api/v1/none"));
  EXPECT_EQ(client.read_answer()->status, 200);
  EXPECT_THAT(client.read_answer()->body, HasSubstr("labels"));
  EXPECT_EQ(client.read_answer()->status, 404);
}

TEST_F(Http, AClientMayEndTheConnection) {
  start();
  auto client = this->client();
  EXPECT_EQ(client.ask(get("/api/v1/health", "Connection: close\r\n")).status, 200);
  EXPECT_TRUE(client.is_ended_within(milliseconds(2000)));
  auto old = this->client();
  EXPECT_EQ(old.ask("GET /api/v1/health HTTP/1.0\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_TRUE(old.is_ended_within(milliseconds(2000)));
}

TEST_F(Http, HeadIsGetWithoutTheBody) {
  start();
  auto client = this->client();
  const auto answer = client.ask("HEAD /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "33");
  EXPECT_EQ(client.ask(get("/api/v1/health")).status, 200);
}

TEST_F(Http, WhatIsNotThereIsSaid) {
  start();
  EXPECT_THAT(sentence_of(ask(get("/api/v1/nothing"))), HasSubstr("openapi.json"));
  EXPECT_EQ(ask(get("/index.php")).status, 404);
  EXPECT_EQ(ask(get("/api/v1/models/unknown")).status, 404);
  EXPECT_EQ(ask(get("/../../etc/passwd")).status, 404);
  EXPECT_EQ(ask(get("/api/v1/models/..%2f..%2fetc%2fpasswd")).status, 400);
}

TEST_F(Http, AnAddressSaysHowItCanBeAsked) {
  start();
  const auto answer = ask(post("/api/v1/health", "text/plain", ""));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
  EXPECT_THAT(sentence_of(answer), Not(IsEmpty()));
  EXPECT_EQ(ask(get("/api/v1/analyze")).headers.at("allow"), "POST");
  EXPECT_EQ(ask(post("/live", "text/plain", "")).status, 405);
  EXPECT_EQ(ask(get("/api/v1/live")).status, 426);
}

TEST_F(Http, ABodyOverTheLimitIsRefusedBeforeItIsRead) {
  options.limits.picture_bytes = 1'000'000;
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
      "Content-Length: 100000000\r\n\r\nabc");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_THAT(sentence_of(*answer), HasSubstr("1 MB"));
  EXPECT_TRUE(client.is_ended_within(milliseconds(5000)));
}

TEST_F(Http, AClientThatSendsAllOfALargeBodyStillReadsTheAnswer) {
  options.limits.picture_bytes = 1'000'000;
  start();
  auto client = this->client();
  client.send(post("/api/v1/analyze", "image/png", std::string(3'000'000, 'x')));
  EXPECT_EQ(client.read_answer().value_or(RawAnswer()).status, 413);
}

TEST_F(Http, ChunksOverTheLimitAreRefused) {
  options.limits.picture_bytes = 100'000;
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 4; ++i) client.send("8000\r\n" + std::string(0x8000, 'x') + "\r\n");
  EXPECT_EQ(client.read_answer().value_or(RawAnswer()).status, 413);
}

TEST_F(Http, ChunksAreABodyToo) {
  start();
  const auto picture = some_jpeg();
  std::string request =
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (const char c : picture) request += std::string("1\r\n") + c + "\r\n";
  EXPECT_EQ(ask(request + "0\r\n\r\n").status, 200);
}

TEST_F(Http, BrokenChunksAreSaid) {
  start();
  const auto answer =
      ask("POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
          "Transfer-Encoding: chunked\r\n\r\nxyz\r\n");
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Http, AClientMayAskWhetherToSend) {
  start();
  auto client = this->client();
  const auto picture = some_jpeg();
  client.send(
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
      "Expect: 100-continue\r\nContent-Length: " +
      std::to_string(picture.size()) + "\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 100);
  EXPECT_EQ(client.ask(picture).status, 200);
  EXPECT_EQ(client.ask(get("/api/v1/health")).status, 200);
}

TEST_F(Http, ABodyWhereNoneIsWantedIsRefused) {
  start();
  EXPECT_EQ(
      ask("GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc").status,
      400);
}

TEST_F(Http, BodiesInMemoryAreLimitedTogether) {
  options.limits.bodies_bytes = 1000;
  start();
  const auto answer = ask(post("/api/v1/analyze", "image/png", std::string(2000, 'x')));
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.contains("retry-after"));
  for (int i = 0; i < 3; ++i) {  // what was read gives its memory back
    EXPECT_EQ(ask(post("/api/v1/analyze", "image/png", std::string(900, 'x'))).status, 400);
  }
}

TEST_F(Http, AHeadOverTheLimitIsRefused) {
  start();
  const auto answer = ask(get("/", "X-Long: " + std::string(20'000, 'x') + "\r\n"));
  EXPECT_EQ(answer.status, 431);
  EXPECT_THAT(sentence_of(answer), HasSubstr("16 KB"));
  EXPECT_EQ(ask(get("/" + std::string(20'000, 'x'))).status, 431);
}

TEST_F(Http, GarbageIsRefused) {
  start();
  for (const std::string request :
       {"\x16\x03\x01\x02\x01\x01\x01\x02\x03\r\n\r\n", "GET\r\n\r\n", "hello\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /?a=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"}) {
    auto client = this->client();
    const auto answer = client.ask(request);
    EXPECT_EQ(answer.status, 400) << request;
    EXPECT_THAT(sentence_of(answer), Not(IsEmpty())) << request;
    EXPECT_TRUE(client.is_ended_within(milliseconds(5000)));
  }
  EXPECT_EQ(ask(get("/api/v1/health")).status, 200);
}

TEST_F(Http, HalfARequestIsCutOff) {
  options.limits.head_time = Limits::Seconds(0.3);
  start();
  auto silent = client();
  auto half = client();
  half.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_TRUE(silent.is_ended_within(milliseconds(3000)));
  EXPECT_TRUE(half.is_ended_within(milliseconds(3000)));
}

TEST_F(Http, ABodyThatDoesNotComeIsCutOff) {
  options.limits.progress_time = Limits::Seconds(0.3);
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
      "Content-Length: 1000\r\n\r\nabc");
  EXPECT_TRUE(client.is_ended_within(milliseconds(3000)));
  EXPECT_EQ(ask(get("/api/v1/health")).status, 200);
}

TEST_F(Http, ABodyThatDripsIsCutOff) {
  options.limits.head_time = Limits::Seconds(0.5);
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
      "Content-Length: 1000\r\n\r\n");
  bool ended = false;
  for (int i = 0; i < 60 && !ended; ++i) {
    client.send("x");
    ended = client.is_ended_within(milliseconds(50));
  }
  EXPECT_TRUE(ended);
}

TEST_F(Http, AVideoThatDoesNotFitBesideTheOthersIsRefused) {
  options.limits.disk_bytes = 1'000'000;
  start();
  const auto head = [](const std::string& length) {
    return "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n" + length +
           "\r\n\r\n";
  };
  EXPECT_EQ(client().ask(head("Content-Length: 1000001")).status, 413) << "it never fits";
  EXPECT_THAT(sentence_of(client().ask(head("Content-Length: 0"))), HasSubstr("empty"));
  auto first = client();
  first.send(head("Content-Length: 800000") + std::string(700'000, 'x'));
  EXPECT_TRUE(comes_true([this] { return metric("mien_disk_bytes") == 700'000; }));
  const auto refused = client().ask(head("Content-Length: 400000"));
  EXPECT_EQ(refused.status, 507);
  EXPECT_THAT(sentence_of(refused), HasSubstr("1 MB"));
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  auto unannounced = client();
  unannounced.send(head("Transfer-Encoding: chunked"));
  for (int i = 0; i < 12; ++i) unannounced.send("8000\r\n" + std::string(0x8000, 'x') + "\r\n");
  EXPECT_EQ(unannounced.read_answer().value_or(RawAnswer()).status, 507);
  first.close();
  EXPECT_TRUE(comes_true([this] { return metric("mien_disk_bytes") == 0; }));
  EXPECT_EQ(ask(post("/api/v1/jobs", "video/mp4", std::string(400'000, 'x'))).status, 400)
      << "there is room for it, but it is no video";
  EXPECT_TRUE(comes_true([this] { return metric("mien_disk_bytes") == 0; }));
}

TEST_F(Http, AReaderThatDoesNotReadIsCutOff) {
  options.limits.progress_time = Limits::Seconds(0.3);
  const std::string large(30'000'000, 'x');
  const std::vector<PageFile> pages = {{"/index.html", "1", large, {}}};
  options.pages = pages;
  start();
  auto client = this->client();
  client.set_receive_buffer(4096);
  client.send(get("/"));
  EXPECT_TRUE(comes_true([this] { return metric("mien_connections") == 1; }));
}

TEST_F(Http, MoreClientsThanTheLimitAreTurnedAway) {
  options.limits.connections = 2;
  start();
  auto first = client();
  auto second = client();
  EXPECT_EQ(first.ask(get("/api/v1/health")).status, 200);
  EXPECT_EQ(second.ask(get("/api/v1/health")).status, 200);
  auto third = client();
  const auto answer = third.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_THAT(sentence_of(*answer), Not(IsEmpty()));
  second.close();
  EXPECT_TRUE(comes_true([this] { return client().ask(get("/api/v1/health")).status == 200; }));
}

TEST_F(Http, EveryRouteIsDescribed) {
  start();
  const auto document = nlohmann::json::parse(ask(get("/api/v1/openapi.json")).body);
  std::vector<std::string> described;
  for (const auto& [path, methods] : document.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      described.push_back(method + " " + path);
      EXPECT_FALSE(operation.at("responses").empty());
    }
  }
  EXPECT_THAT(described, testing::UnorderedElementsAreArray(server->routes()));
}

TEST_F(Http, AnUploadThatCannotBeKeptIsAnsweredAndTold) {
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  std::vector<std::string> told;
  options.notice = [&](const std::string& notice) { told.push_back(notice); };
  start();
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::filesystem::remove_all(entry.path());
  }
  EXPECT_EQ(ask(post("/api/v1/jobs", "video/mp4", "a video")).status, 500);
  server.reset();
  ::unsetenv("TMPDIR");
  EXPECT_THAT(told, testing::ElementsAre(HasSubstr("cannot keep the upload")));
}

TEST_F(Http, AnUploadThatTheDiskHasNoRoomForIsRefused) {
  options.limits.job_bytes = options.limits.disk_bytes = 1ULL << 60U;
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n"
      "Content-Length: 1000000000000000000\r\n\r\n");
  const auto answer = client.read_answer().value_or(RawAnswer());
  EXPECT_EQ(answer.status, 507);
  EXPECT_THAT(sentence_of(answer), HasSubstr("the disk of the server is full"));
}

TEST_F(Http, MetricsCountWhatWasDone) {
  start();
  ask(post("/api/v1/analyze", "image/jpeg", some_jpeg()));
  ask(get("/api/v1/models/none"));
  const auto answer = ask(get("/api/v1/metrics"));
  EXPECT_THAT(answer.headers.at("content-type"), StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(answer.body,
              HasSubstr("mien_http_requests_total{route=\"/api/v1/analyze\",status=\"200\"} 1\n"));
  EXPECT_THAT(
      answer.body,
      HasSubstr("mien_http_requests_total{route=\"/api/v1/models/{name}\",status=\"404\"} 1\n"));
  EXPECT_EQ(metric("mien_frames_total"), 1);
  EXPECT_EQ(metric("mien_faces_total"), 1);
  EXPECT_EQ(metric("mien_http_request_seconds_count{route=\"/api/v1/analyze\"}"), 1);
  EXPECT_THAT(
      answer.body,
      HasSubstr("mien_http_request_seconds_bucket{route=\"/api/v1/analyze\",le=\"30\"} 1\n"));
  EXPECT_GT(metric("process_resident_memory_bytes"), 1e6);
  EXPECT_GE(metric("mien_connections"), 1);
}

}  // namespace
}  // namespace mien::server
