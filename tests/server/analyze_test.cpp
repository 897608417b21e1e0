// POST /api/v1/analyze and what is told of the models.
#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "running_server.h"

namespace mien::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class Analyze : public RunningServer {
 protected:
  RawAnswer analyze(const std::string& body, const std::string& query = "",
                    const std::string& type = "image/jpeg") const {
    return ask(post("/api/v1/analyze" + query, type, body));
  }
};

TEST_F(Analyze, APictureGivesAFrameResult) {
  start();
  const auto answer = analyze(some_jpeg());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  const auto result = json::parse(answer.body);
  EXPECT_EQ(result.at("source"), "picture");
  EXPECT_EQ(result.at("width"), 40);
  EXPECT_EQ(result.at("faces").at(0).at("expression"), "happy");
  EXPECT_EQ(analyze(some_jpeg(), "", "application/octet-stream").status, 200);
  EXPECT_EQ(json::parse(analyze(some_jpeg(), "?name=a%20b.jpg").body).at("source"), "a b.jpg");
}

TEST_F(Analyze, AttributesAreThereWhenTheServerWasAskedForThem) {
  start();
  EXPECT_FALSE(json::parse(analyze(some_jpeg()).body).at("faces").at(0).contains("attributes"));
  stub.attributes = {.gender = true, .age = true};
  start();
  const auto both = json::parse(analyze(some_jpeg()).body).at("faces").at(0).at("attributes");
  EXPECT_EQ(both, json::parse(R"({"gender":{"label":"female","confidence":1.0},"age":30.0})"));
  stub.attributes = {.age = true};
  start();
  const auto age = json::parse(analyze(some_jpeg()).body).at("faces").at(0).at("attributes");
  EXPECT_EQ(age, json::parse(R"({"age":30.0})"));
}

TEST_F(Analyze, AFormGivesItsFile) {
  start();
  const auto form =
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"me.jpg\"\r\n"
      "Content-Type: image/jpeg\r\n\r\n" +
      some_jpeg() + "\r\n--x--\r\n";
  const auto answer = analyze(form, "", "multipart/form-data; boundary=x");
  EXPECT_EQ(json::parse(answer.body).at("source"), "me.jpg");
  EXPECT_EQ(analyze("--x--", "", "multipart/form-data; boundary=x").status, 400);
}

TEST_F(Analyze, TheAnnotatedPictureCanBeHad) {
  start();
  const auto answer = analyze(some_jpeg(), "?output=annotated");
  EXPECT_EQ(answer.headers.at("content-type"), "image/jpeg");
  const std::vector<std::uint8_t> bytes(answer.body.begin(), answer.body.end());
  const auto picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  EXPECT_EQ(picture.size(), cv::Size(40, 20));
}

TEST_F(Analyze, WhatCannotBeAnalyzedIsSaid) {
  start();
  const auto jpeg = some_jpeg();
  EXPECT_EQ(analyze("").status, 400);
  EXPECT_THAT(sentence_of(analyze("no picture")), StartsWith("picture: "));
  EXPECT_EQ(analyze(jpeg.substr(0, jpeg.size() / 2)).status, 400);
  EXPECT_EQ(analyze(jpeg, "", "text/plain").status, 415);
  EXPECT_EQ(analyze(jpeg, "?output=video").status, 400);
  EXPECT_THAT(sentence_of(analyze(jpeg, "?model=/etc/passwd")), HasSubstr("mien-base"));
  EXPECT_EQ(analyze(jpeg, "?model=mien-base").status, 200);
}

TEST_F(Analyze, APictureOfTooManyPixelsIsRefused) {
  options.limits.picture_pixels = 1'000'000;
  start();
  const auto header = test::png_header(60'000, 60'000);
  const auto answer = analyze({header.begin(), header.end()}, "", "image/png");
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Analyze, MoreThanCanWaitIsTurnedAway) {
  options.limits.waiting_pictures = 1;
  stub.turnstile = std::make_shared<Turnstile>();
  start();
  stub.turnstile->close();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {  // two are analyzed, one waits
    clients.push_back(client());
    clients.back().send(post("/api/v1/analyze", "image/jpeg", some_jpeg()));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // until an analyzer took it
  }
  EXPECT_TRUE(comes_true([this] { return metric("mien_waiting") == 1; }));
  const auto answer = analyze(some_jpeg());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  stub.turnstile->open();
  for (auto& each : clients) EXPECT_EQ(each.read_answer().value_or(RawAnswer()).status, 200);
}

TEST_F(Analyze, WhatIsNotWantedIsSaidBeforeThePictureHasCome) {
  start();
  auto client = this->client();
  client.send(
      "POST /api/v1/analyze?output=video HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "image/jpeg\r\nContent-Length: 10000000\r\n\r\n");
  EXPECT_EQ(client.read_answer().value_or(RawAnswer()).status, 400);
}

TEST_F(Analyze, PicturesLeaveAnAnalyzerToLiveClients) {
  stub.turnstile = std::make_shared<Turnstile>();
  options.analysis = stub_analysis(stub);
  options.analysis.between_frames = std::chrono::hours(1);
  server.emplace(options);
  auto live_client = live();
  live_client.send_frame(some_jpeg());
  ASSERT_TRUE(live_client.receive());
  stub.turnstile->close();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(client());
    clients.back().send(post("/api/v1/analyze", "image/jpeg", some_jpeg()));
  }
  EXPECT_TRUE(comes_true([this] { return metric("mien_waiting") == 2; })) << "one is analyzed";
  live_client.send_frame(some_jpeg());
  EXPECT_TRUE(comes_true([this] { return stub.turnstile->held() == 2; }))
      << "the other analyzer took the frame";
  EXPECT_EQ(metric("mien_waiting"), 2);
  stub.turnstile->open();
  EXPECT_TRUE(live_client.receive());
  for (auto& each : clients) EXPECT_EQ(each.read_answer().value_or(RawAnswer()).status, 200);
}

TEST_F(Analyze, ModelsAreListedWithTheirCards) {
  start();
  const auto list = json::parse(ask(get("/api/v1/models")).body);
  EXPECT_EQ(list.at("default"), "mien-base");
  int defaults = 0;
  for (const auto& model : list.at("models")) {
    EXPECT_EQ(model.at("card").at("task"), "expression");
    defaults += model.at("default").get<bool>() ? 1 : 0;
    const auto one = ask(get("/api/v1/models/" + model.at("name").get<std::string>()));
    EXPECT_EQ(json::parse(one.body), model);
  }
  EXPECT_EQ(defaults, 1);
}

TEST_F(Analyze, TheInfoTellsLimitsAndLabels) {
  start();
  const auto info = json::parse(ask(get("/api/v1/info")).body);
  EXPECT_EQ(info.at("version"), "1.2.3");
  EXPECT_EQ(info.at("labels").size(), 7);
  EXPECT_TRUE(info.at("stream").is_null());
  EXPECT_EQ(info.at("gallery"), false);
  EXPECT_EQ(info.at("attributes"), json::array());
  EXPECT_EQ(info.at("limits").at("live_in_flight"), 3);
}

/// With the shipped models.
class RealServer : public RunningServer {
 protected:
  void SetUp() override {
    if (test::astronaut().empty()) GTEST_SKIP() << "script/setup fetches the portrait";
    options.analysis = {};
    options.analysis.workers = 1;
    server.emplace(options);
  }

  static std::string portrait() { return bytes_of(test::astronaut(), ".jpg"); }
};

TEST_F(RealServer, ThePortraitIsHappy) {
  const auto answer = ask(post("/api/v1/analyze", "image/jpeg", portrait()));
  const auto result = json::parse(answer.body);
  ASSERT_EQ(result.at("faces").size(), 1) << answer.body;
  EXPECT_EQ(result.at("faces").at(0).at("expression"), "happy");
}

TEST_F(RealServer, ThePortraitIsHappyLive) {
  auto client = live();
  for (int i = 0; i < 3; ++i) {
    client.send_frame(portrait());
    const auto message = client.receive();
    ASSERT_TRUE(message);
    const auto result = json::parse(message->bytes);
    ASSERT_EQ(result.at("faces").size(), 1) << message->bytes;
    EXPECT_EQ(result.at("faces").at(0).at("expression"), "happy");
    EXPECT_EQ(result.at("faces").at(0).at("track"), 1);
  }
}

}  // namespace
}  // namespace mien::server
