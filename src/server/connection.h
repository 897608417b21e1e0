#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <functional>
#include <string>
#include <variant>

#include "server/message.h"
#include "server/request_body.h"
#include "server/site.h"
#include "server/transport.h"

namespace mien::server {

/// One client's requests, one after the other, or its live session. Used in the server's thread.
class Connection {
 public:
  Connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls, Site& site);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Until the client or the server ends it.
  boost::asio::awaitable<void> run();

  /// By which run() is cancelled; to be bound where it is spawned.
  boost::asio::cancellation_slot slot() { return cancel_.slot(); }

  /// Ends it as soon as what is under way allows.
  void stop();
  /// Cuts it off.
  void cut();
  bool is_late(Transport::Clock::time_point now) const { return transport_.is_late(now); }

 private:
  /// What comes of a request, and which route it was for.
  struct Answer {
    Response response;
    std::string route;
  };

  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<bool> read_head(RequestParser& parser, boost::system::error_code& error);
  boost::asio::awaitable<void> refuse_head(boost::system::error_code error);
  boost::asio::awaitable<bool> answer(RequestParser& parser, Request request);
  boost::asio::awaitable<void> live(RequestParser& parser, const Request& request);
  std::variant<const Route*, Answer> choose(Request& request) const;
  static Answer not_allowed(const std::string& methods);
  boost::asio::awaitable<Response> handle(const Route& route, RequestParser& parser,
                                          Request& request);
  Response failure_of(const std::exception_ptr& error) const;

  Site& site_;
  Transport transport_;
  boost::beast::flat_buffer buffer_;
  boost::asio::cancellation_signal cancel_;
  bool stopping_ = false;
  std::function<void()> on_stop_;
};

}  // namespace mien::server
