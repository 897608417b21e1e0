#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mien::server {

class DiskShare;

/// A request whose body has come, within the limits of its route.
struct Request {
  boost::beast::http::verb method = boost::beast::http::verb::get;
  std::string path;                          ///< decoded, without the query
  std::vector<std::string> parameters;       ///< what stood in the {} of the route's path
  std::map<std::string, std::string> query;  ///< decoded; of equal names the last
  boost::beast::http::fields headers;
  std::string body;  ///< of a route with Body::memory
  std::filesystem::path
      file;  ///< of a route with Body::file: private, and the handler's from now on
  std::shared_ptr<DiskShare> file_share;  ///< what the file takes
};

/// A parameter of the query; empty when there is none.
std::string parameter(const Request& request, const std::string& name);

/// A body that is sent while it is made. Used in the server's thread.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece, not empty; nothing at the end. Waits without blocking the thread. It is
  /// destroyed in mid-wait when the client leaves, is too slow, or the server stops.
  virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
};

/// An answer; of body, file and source one at most is set.
struct Response {
  boost::beast::http::status status = boost::beast::http::status::ok;
  std::string type = "application/json";
  std::string body = {};
  std::filesystem::path file = {};             ///< sent as it is, with ranges
  std::shared_ptr<DiskShare> file_share = {};  ///< what the file takes, for as long as it is read
  std::unique_ptr<BodySource> source = {};
  std::map<std::string, std::string> headers = {};  ///< further ones
};

/// {"error":{"status":404,"message":"..."}}: a clear sentence that says what to do.
Response failure(boost::beast::http::status status, const std::string& message);

/// Whether a browser's address line asks, and not a program or a page.
bool is_of_a_person(const Request& request);

/// The same for a person who opened the address in a browser: a small page, with a field for the
/// token where that is missing.
Response failure_page(const Response& failure);

}  // namespace mien::server
