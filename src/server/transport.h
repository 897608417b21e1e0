#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/stream_base.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace mien::server {

/// A client's connection, with TLS or without: Asio's AsyncReadStream and AsyncWriteStream. It has
/// deadlines, which whoever looks at is_late() keeps by cutting it off.
class Transport {
 public:
  using Clock = std::chrono::steady_clock;
  using executor_type = boost::asio::any_io_executor;
  using Error = boost::system::error_code;

  /// Plain without a `tls`. A write must get on within `write_time`.
  Transport(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
            Clock::duration write_time);

  executor_type get_executor() { return socket_.get_executor(); }

  /// Of TLS; true without it.
  boost::asio::awaitable<bool> handshake();
  /// Tells the client that nothing more comes, and gives it a moment to read what came.
  boost::asio::awaitable<void> finish();
  /// Cuts the connection off.
  void close();

  /// What is read must come by then.
  void read_by(Clock::time_point deadline) { read_deadline_ = deadline; }
  bool is_late(Clock::time_point now) const {
    return now >= read_deadline_ || now >= write_deadline_;
  }

  /// Bytes that the system keeps for a client that reads slowly: what it sees is that old.
  void set_send_buffer(int bytes);

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
        [this](auto handler, const auto& to) {
          if (tls_) {
            tls_->async_read_some(to, std::move(handler));
          } else {
            socket_.async_read_some(to, std::move(handler));
          }
        },
        token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(Error, std::size_t)>(
        Writing<Buffers>{*this, buffers}, token, socket_);
  }

 private:
  /// One write, with its deadline.
  template <typename Buffers>
  struct Writing {
    Transport& transport;
    Buffers buffers;
    bool begun = false;

    template <typename Self>
    void operator()(Self& self, Error error = {}, std::size_t written = 0) {
      auto& t = transport;
      if (begun) {
        t.write_deadline_ = Clock::time_point::max();
        self.complete(error, written);
        return;
      }
      begun = true;
      t.write_deadline_ = Clock::now() + t.write_time_;
      const auto from = buffers;
      if (t.tls_) {
        t.tls_->async_write_some(from, std::move(self));
      } else {
        t.socket_.async_write_some(from, std::move(self));
      }
    }
  };

  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  Clock::duration write_time_;
  Clock::time_point read_deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();
};

// How Beast's WebSockets end a connection.
void beast_close_socket(Transport& transport);
void teardown(boost::beast::role_type role, Transport& transport, boost::system::error_code& error);

template <typename Handler>
void async_teardown(boost::beast::role_type /*role*/, Transport& transport, Handler&& handler) {
  boost::asio::co_spawn(
      transport.get_executor(), transport.finish(),
      [handler = std::forward<Handler>(handler)](const std::exception_ptr& /*error*/) mutable {
        handler(boost::system::error_code());
      });
}

}  // namespace mien::server
