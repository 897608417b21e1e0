#include "server/gate.h"

#include <string_view>
#include <utility>

#include "server/target.h"

namespace mien::server {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kCookie = "mien_token";
constexpr const char* kTokenParameter = "token";
constexpr std::string_view kStream = "/stream.mjpg";

std::string_view header(const Request& request, std::string_view name) {
  const auto value = request.headers[name];
  return {value.data(), value.size()};
}

bool changes_something(http::verb method) {
  return method != http::verb::get && method != http::verb::head && method != http::verb::options;
}

std::optional<Response> check_origin(const Request& request) {
  const auto site = header(request, "Sec-Fetch-Site");
  const bool foreign = site == "cross-site" || site == "same-site";
  const auto origins = request.headers.count(http::field::origin);
  const bool same = origins == 0 || (origins == 1 && is_same_origin(header(request, "Origin"),
                                                                    header(request, "Host")));
  if (!foreign && same) return std::nullopt;
  return failure(http::status::forbidden,
                 "a page of another site asked for this, which is refused; open the server's own "
                 "pages");
}

}  // namespace

Gate::Gate(AllowedHosts hosts, std::string token, bool secure, IsOpen is_open)
    : hosts_(std::move(hosts)),
      token_(std::move(token)),
      secure_(secure),
      is_open_(std::move(is_open)) {}

std::optional<Response> Gate::refuse(const Request& request, bool upgraded) const {
  if (auto answer = check_host(request)) return answer;
  if (auto answer = check_token(request, upgraded)) return answer;
  if (changes_something(request.method) || upgraded) return check_origin(request);
  return std::nullopt;
}

std::optional<Response> Gate::check_host(const Request& request) const {
  if (request.headers.count(http::field::host) != 1) {
    return failure(http::status::bad_request, "the request has not one Host header; send one");
  }
  if (hosts_.allow(header(request, "Host"))) return std::nullopt;
  return failure(http::status::forbidden,
                 "the server is not known under this name; start it with --allow-host NAME");
}

std::optional<Response> Gate::check_token(const Request& request, bool upgraded) const {
  if (token_.empty()) return std::nullopt;
  if (has_token(request, upgraded)) return std::nullopt;
  if (is_open_ && is_open_(request, upgraded)) return std::nullopt;
  const auto given = request.query.find(kTokenParameter);
  const bool page = request.method == http::verb::get && !request.path.starts_with("/api/");
  if (page && given != request.query.end() && equal_in_constant_time(given->second, token_)) {
    // Players and <img> keep no cookies; only what stands in an address line is kept in a history.
    const bool shown = request.path != kStream || is_of_a_person(request);
    return shown ? std::optional(send_on(request)) : std::nullopt;
  }
  auto answer = failure(http::status::unauthorized,
                        "the token is missing or wrong; open the address that mien serve printed, "
                        "or send it as 'Authorization: Bearer TOKEN'");
  answer.headers["WWW-Authenticate"] = "Bearer";
  return answer;
}

bool Gate::has_token(const Request& request, bool upgraded) const {
  constexpr std::string_view kBearer = "Bearer ";
  const auto authorization = header(request, "Authorization");
  if (authorization.starts_with(kBearer) &&
      equal_in_constant_time(authorization.substr(kBearer.size()), token_)) {
    return true;
  }
  const auto kept = cookie(header(request, "Cookie"), kCookie);
  if (kept && equal_in_constant_time(*kept, token_)) {
    // Left in the address, it would stay in the browser's history.
    return upgraded || request.path.starts_with("/api/") ||
           !request.query.contains(kTokenParameter);
  }
  const auto given = request.query.find(kTokenParameter);
  return upgraded && given != request.query.end() && equal_in_constant_time(given->second, token_);
}

Response Gate::send_on(const Request& request) const {
  // A second slash would name another host.
  const std::string page = request.path.starts_with("//") ? "/" : request.path;
  Response answer;
  answer.type = "text/plain; charset=utf-8";
  answer.headers["Set-Cookie"] = std::string(kCookie) + "=" + token_ +
                                 "; Path=/; HttpOnly; SameSite=Strict" +
                                 (secure_ ? "; Secure" : "");
  answer.headers["Referrer-Policy"] = "no-referrer";
  if (header(request, "Sec-Fetch-Site") == "cross-site") {
    // Followed from another site, a redirect would come without the cookie.
    answer.headers["Refresh"] = "0; url=/";
  } else {
    answer.status = http::status::see_other;
    answer.headers["Location"] = escaped_path(page);
  }
  return answer;
}

}  // namespace mien::server
