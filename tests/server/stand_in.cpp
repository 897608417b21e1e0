// What the tests here need of the server's other parts: goes when those are there.
#include <nlohmann/json.hpp>
#include <utility>

#include "server/router.h"

namespace mien::server {
namespace {

std::vector<std::string> pieces(const std::string& path) {
  std::vector<std::string> all{""};
  for (const char c : path) {
    if (c == '/') {
      all.emplace_back();
    } else {
      all.back() += c;
    }
  }
  return all;
}

}  // namespace

Response failure(boost::beast::http::status status, const std::string& message) {
  Response response;
  response.status = status;
  response.body =
      nlohmann::json({{"error", {{"status", static_cast<int>(status)}, {"message", message}}}})
          .dump();
  return response;
}

void Router::add(Route route) { routes_.push_back(std::move(route)); }

std::variant<Router::Match, boost::beast::http::status> Router::find(
    boost::beast::http::verb method, const std::string& path) const {
  const auto asked = pieces(path);
  for (const auto& route : routes_) {
    const auto own = pieces(route.path);
    if (route.method != method || own.size() != asked.size()) continue;
    Match match{&route, {}};
    bool fits = true;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (own[i].starts_with('{')) {
        match.parameters.push_back(asked[i]);
      } else {
        fits = fits && own[i] == asked[i];
      }
    }
    if (fits) return match;
  }
  return boost::beast::http::status::not_found;
}

}  // namespace mien::server
