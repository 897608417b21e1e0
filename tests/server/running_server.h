#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "raw_client.h"
#include "server/server.h"
#include "stub_analyzer.h"
#include "test_pictures.h"

namespace mien::server {

/// A server with a stub analyzer, in which a test changes what it likes before start().
class RunningServer : public testing::Test {
 protected:
  RunningServer() {
    options.version = "1.2.3";
    options.port = 0;
  }

  void start() {
    options.analysis = stub_analysis(stub);
    server.emplace(options);
  }

  RawClient client() const { return RawClient(server->port()); }
  LiveClient live(std::string_view lines = "") const {
    return LiveClient(server->port(), "/api/v1/live", lines);
  }
  RawAnswer ask(std::string_view request) const { return client().ask(request); }

  /// The value of a metric; 0 when there is none.
  double metric(const std::string& name) const {
    const auto text = ask(get("/api/v1/metrics")).body;
    const auto place = text.find("\n" + name + " ");
    return place == std::string::npos ? 0 : std::stod(text.substr(place + name.size() + 2));
  }

  StubOptions stub;
  ServerOptions options;
  std::optional<Server> server;
};

/// The error that an answer tells of.
inline std::string sentence_of(const RawAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("error")) return "";
  EXPECT_EQ(json["error"]["status"], answer.status);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  return json["error"]["message"];
}

inline std::string bytes_of(const cv::Mat& picture, const std::string& extension) {
  const auto bytes = test::encoded(picture, extension);
  return {bytes.begin(), bytes.end()};
}

inline std::string some_jpeg() { return bytes_of(test::four_quarters(), ".jpg"); }

}  // namespace mien::server
