#include "server/transport.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace mien::server {

namespace asio = boost::asio;

namespace {
/// For a client that is gone or goes on sending.
constexpr auto kFarewell = std::chrono::seconds(2);
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
}  // namespace

Transport::Transport(asio::ip::tcp::socket socket, asio::ssl::context* tls,
                     Clock::duration write_time)
    : socket_(std::move(socket)), write_time_(write_time) {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
  Error ignored;  // without it answers come a little later
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

asio::awaitable<bool> Transport::handshake() {
  if (!tls_) co_return true;
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kTuple);
  const bool plain =
      error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
  if (plain) {
    const std::string body =
        "Mien answers by https here: open the address that mien serve printed, which begins with "
        "https://\n";
    const std::string answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    co_await asio::async_write(socket_, asio::buffer(answer), kTuple);
    Error ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
  co_return !error;
}

asio::awaitable<void> Transport::finish() {
  Error ignored;
  read_by(Clock::now() + kFarewell);
  if (tls_) {
    write_deadline_ = Clock::now() + write_time_;
    co_await tls_->async_shutdown(kTuple);
    write_deadline_ = Clock::time_point::max();
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // Closing before the client's last bytes were read would take our answer from it.
  std::array<char, 4096> rest{};
  for (Error error; !error;) {
    std::tie(error, std::ignore) = co_await socket_.async_read_some(asio::buffer(rest), kTuple);
  }
}

void Transport::close() {
  Error ignored;
  socket_.close(ignored);
}

void Transport::set_send_buffer(int bytes) {
  Error ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(bytes), ignored);
}

void beast_close_socket(Transport& transport) { transport.close(); }

void teardown(boost::beast::role_type /*role*/, Transport& transport,
              boost::system::error_code& error) {
  transport.close();
  error = {};
}

}  // namespace mien::server
