#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "server/router.h"

namespace mien::server {

/// Asks a router's handlers as the server does, in an io_context of its own.
class Asker {
 public:
  using Verb = boost::beast::http::verb;

  explicit Asker(const Router& router) : router_(router) {}

  /// With the {} of the path filled in from it.
  Response ask(Verb method, const std::string& path, Request request = {});
  Response get(const std::string& path) { return ask(Verb::get, path); }
  nlohmann::json get_json(const std::string& path);

  /// The next piece of a body. Fails the test when there is none within ten seconds.
  std::optional<std::string> next(BodySource& body);
  /// Whether there is none within that many milliseconds; then the client leaves.
  bool stays_silent(BodySource& body, int milliseconds);

 private:
  const Router& router_;
  boost::asio::io_context context_;
};

/// The sentence of an error; empty when it is none, or not as an error is written.
std::string sentence(const Response& response);

}  // namespace mien::server
