#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/message.h"

namespace mien::server {

/// Where a request's body goes.
enum class Body {
  none,    ///< a request with a body is refused
  memory,  ///< Request::body
  file,    ///< Request::file, in a private folder
};

/// Runs in the server's thread, and must not block it. An Error (input or usage) that it throws is
/// answered with 400, any other with 500.
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

struct Route {
  boost::beast::http::verb method = boost::beast::http::verb::get;
  std::string path;  ///< "/api/v1/jobs/{id}": each {} stands for one piece between slashes
  Handler handler;
  Body body = Body::none;
  std::uint64_t most_bytes = 0;  ///< of the body; a larger one is refused with 413
  /// Asked before the body is read: why it is not wanted, or nothing. May throw as the handler.
  std::function<std::optional<Response>(const Request&)> refuse = {};
  std::string summary = {};  ///< for the log and the metrics: what it is for
};

/// Finds the route of a request.
class Router {
 public:
  void add(Route route);

  struct Match {
    const Route* route;
    std::vector<std::string> parameters;
  };
  /// The route, or why there is none: not_found, or method_not_allowed.
  std::variant<Match, boost::beast::http::status> find(boost::beast::http::verb method,
                                                       const std::string& path) const;

  /// What a path can be asked for, as the header Allow says it: "GET, HEAD, DELETE".
  std::string methods(const std::string& path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace mien::server
