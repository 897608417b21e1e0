#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "running_server.h"

namespace mien::server {

struct Opened {
  std::string code;
  std::string key;

  std::string path() const { return "/api/v1/classes/" + code; }
  std::string host() const { return path() + "/host?key=" + key; }
  std::string join(const std::string& name, bool shown = false) const {
    return path() + "/join?name=" + name + "&shown=" + (shown ? "yes" : "no");
  }
};

class Class : public RunningServer {
 protected:
  Class() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mien-class-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.classes = ClassStatement{"to see the pace", "all of 9b"};
  }
  ~Class() override {
    server.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::filesystem::path file() const { return folder / "history.db"; }
  void record() { options.record = file(); }

  std::string bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  RawAnswer post_class(const std::string& body) const {
    return ask(post("/api/v1/classes", "application/json", body));
  }
  Opened open(const std::string& body = R"({"title":"Physics"})") const {
    const auto answer = post_class(body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const auto made = nlohmann::json::parse(answer.body);
    return {made.at("code"), made.at("key")};
  }
  LiveClient connect(const std::string& path) const { return LiveClient(server->port(), path); }

  /// The next text that has that member.
  static nlohmann::json next_with(LiveClient& client, const std::string& member) {
    for (int i = 0; i < 50; ++i) {
      const auto message = client.receive();
      if (!message || message->kind != 1) break;
      auto text = nlohmann::json::parse(message->bytes);
      if (text.contains(member)) return text;
    }
    ADD_FAILURE() << "nothing with " << member;
    return nlohmann::json::object();
  }
  static nlohmann::json joined(LiveClient& member) {
    return next_with(member, "joined").at("joined");
  }

  /// A view of the host's that comes true.
  template <typename Is>
  static nlohmann::json view_where(LiveClient& host, const Is& is) {
    for (int i = 0; i < 20; ++i) {
      auto view = next_with(host, "participants");
      if (is(view)) return view;
    }
    ADD_FAILURE() << "it never came true";
    return nlohmann::json::object();
  }

  std::string ask_to_withdraw(const Opened& opened, int number, const std::string& key) const {
    const auto answer = ask("DELETE " + opened.path() + "/participants/" + std::to_string(number) +
                            " HTTP/1.1\r\nHost: localhost\r\nX-Mien-Key: " + key + "\r\n\r\n");
    return std::to_string(answer.status);
  }

  std::filesystem::path folder;
};

}  // namespace mien::server
