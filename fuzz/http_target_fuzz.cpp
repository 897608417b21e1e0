// Feeds what a client may write into a request's first lines to the parts of the server that read
// it: targets, hosts, origins, cookies, ranges, and the routes that are looked up by them.
#include <cstdint>
#include <string>
#include <string_view>

#include "server/byte_range.h"
#include "server/gate.h"
#include "server/router.h"
#include "server/security.h"
#include "server/target.h"

namespace mien::server {
namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

/// Takes what stands before the next line's end.
std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

Router some_router() {
  Router router;
  for (const char* path : {"/api/v1/jobs", "/api/v1/jobs/{id}", "/api/v1/jobs/{id}/result.csv",
                           "/api/v1/gallery/{expression}/{number}", "/stream.mjpg"}) {
    Route route;
    route.path = path;
    router.add(std::move(route));
  }
  return router;
}

void check_route(const Router& router, const Target& target) {
  const auto found = router.find(boost::beast::http::verb::get, target.path);
  const auto* match = std::get_if<Router::Match>(&found);
  if (match == nullptr) return;
  for (const auto& parameter : match->parameters) {
    require(!parameter.empty() && parameter.find('/') == std::string::npos);
  }
}

void check_target(const Router& router, std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return;
  require(target->path.starts_with('/') && is_utf8(target->path));
  for (const auto& [name, value] : target->query) require(is_utf8(name) && is_utf8(value));
  check_route(router, *target);
  // A path that has no piece with a slash of its own is read again as it was written.
  const auto again = parse_target(escaped_path(target->path));
  require(again && again->path == target->path);
}

void check_gate(const Gate& gate, std::string_view target, std::string_view host,
                std::string_view origin, std::string_view cookies) {
  Request request;
  if (const auto parsed = parse_target(target)) {
    request.path = parsed->path;
    request.query = parsed->query;
  }
  request.method = boost::beast::http::verb::post;
  request.headers.set("Host", boost::beast::string_view(host.data(), host.size()));
  request.headers.set("Origin", boost::beast::string_view(origin.data(), origin.size()));
  request.headers.set("Cookie", boost::beast::string_view(cookies.data(), cookies.size()));
  const bool refused = gate.refuse(request, false).has_value();
  const auto named = parse_host(host);
  require(refused || (named && (named->name == "localhost" || named->name == "::1")));
  require(refused || cookies.find("0123456789abcdef") != std::string_view::npos);
}

}  // namespace
}  // namespace mien::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mien::server;
  static const Router router = some_router();
  static const Gate gate(AllowedHosts({"localhost", "::1"}, false), "0123456789abcdef", false);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = take_line(text);
  const auto host = take_line(text);
  const auto origin = take_line(text);
  const auto cookies = take_line(text);
  check_target(router, target);
  is_same_origin(origin, host);
  check_gate(gate, target, host, origin, cookies);
  ByteRange range;
  const std::uint64_t length = 1 + size * 1000;
  if (parse_range(text, length, range) == RangeKind::part) {
    require(range.first <= range.last && range.last < length);
  }
  return 0;
}
