#include "server/router.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mien::server {
namespace {

/// Takes what stands before the next slash.
std::string_view take_piece(std::string_view& path) {
  const auto piece = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(piece.size() + 1, path.size()));
  return piece;
}

bool is_parameter(std::string_view piece) { return piece.starts_with('{'); }

/// Whether the path is one of the pattern's; then what stood in its {}.
bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::string>& parameters) {
  parameters.clear();
  if (std::count(pattern.begin(), pattern.end(), '/') !=
      std::count(path.begin(), path.end(), '/')) {
    return false;
  }
  while (!pattern.empty() || !path.empty()) {
    const auto wanted = take_piece(pattern);
    const auto given = take_piece(path);
    if (is_parameter(wanted)) {
      if (given.empty()) return false;
      parameters.emplace_back(given);
    } else if (wanted != given) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Router::add(Route route) { routes_.push_back(std::move(route)); }

std::variant<Router::Match, boost::beast::http::status> Router::find(
    boost::beast::http::verb method, const std::string& path) const {
  auto reason = boost::beast::http::status::not_found;
  std::vector<std::string> parameters;
  for (const auto& route : routes_) {
    if (!matches(route.path, path, parameters)) continue;
    if (route.method == method) return Match{&route, std::move(parameters)};
    reason = boost::beast::http::status::method_not_allowed;
  }
  return reason;
}

std::string Router::methods(const std::string& path) const {
  std::string methods;
  std::vector<std::string> parameters;
  for (const auto& route : routes_) {
    if (!matches(route.path, path, parameters)) continue;
    if (!methods.empty()) methods += ", ";
    methods += std::string(to_string(route.method));
    if (route.method == boost::beast::http::verb::get) methods += ", HEAD";
  }
  return methods;
}

}  // namespace mien::server
