#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>

#include "server/message.h"
#include "server/router.h"
#include "server/site.h"
#include "server/transport.h"

namespace mien::server {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

/// Reads a request's body to where its route wants it, within the limits.
class RequestBody {
 public:
  RequestBody(Transport& transport, boost::beast::flat_buffer& buffer, RequestParser& parser,
              Site& site);
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;
  /// Gives back what it reserved of the memory for bodies, and removes a file that was not taken.
  ~RequestBody();

  /// Sets `body` or `file` of the request. The answer to a body that is refused; nothing when it is
  /// there. Throws when the client has gone.
  boost::asio::awaitable<std::optional<Response>> read(const Route& route, Request& request);

 private:
  std::optional<Response> check(const Route& route);
  boost::asio::awaitable<std::optional<Response>> read_to_memory(std::string& body);
  boost::asio::awaitable<std::optional<Response>> read_to_file(std::filesystem::path& file,
                                                               DiskShare& share);
  /// The next piece, or why there is none.
  boost::asio::awaitable<boost::system::error_code> read_piece(std::string& piece);
  boost::asio::awaitable<void> tell_to_continue();
  Response refusal(const boost::system::error_code& error) const;

  Transport& transport_;
  boost::beast::flat_buffer& buffer_;
  RequestParser& parser_;
  Site& site_;
  Transport::Clock::time_point begun_ = Transport::Clock::now();
  std::uint64_t most_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t reserved_ = 0;
  std::filesystem::path file_;
};

}  // namespace mien::server
