#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/allowance.h"
#include "server/analysis_pool.h"
#include "server/live_listener.h"
#include "server/message.h"
#include "server/site.h"
#include "server/transport.h"

namespace mien::server {

/// Who comes in by a WebSocket.
struct LiveGuest {
  std::string model{};                       ///< that the frames are read with
  std::unique_ptr<LiveListener> listener{};  ///< null: frames are answered, and that is all
  bool is_member = false;                    ///< of a class, which has its own limits
};

/// One client's WebSocket: its frames come in, what is in the newest of them goes out. While a
/// frame is analyzed or its result is sent, only the newest that came waits, and the others are
/// dropped, so that a slow client costs no more than one frame of memory and slows nobody.
class LiveSession final : public LiveVoice {
 public:
  static constexpr std::string_view kPath = "/api/v1/live";

  /// Who a request lets in, or the answer to who may have no session.
  static std::variant<Response, LiveGuest> admit(const Request& request, Site& site,
                                                 const boost::asio::any_io_executor& executor);

  LiveSession(Transport& transport, Site& site, LiveGuest guest);
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;
  ~LiveSession() override;

  boost::asio::awaitable<void> run(
      const boost::beast::http::request<boost::beast::http::empty_body>& head);

  /// Tells the client that the server stops.
  void stop();

  void tell(std::string text) override;
  void finish(std::string reason) override;

 private:
  using Clock = Transport::Clock;
  using Bytes = std::vector<std::uint8_t>;
  using CloseCode = boost::beast::websocket::close_code;

  struct WaitingFrame {
    long long number = 0;
    std::shared_ptr<const Bytes> bytes;
    Clock::time_point came;
  };
  struct Farewell {
    CloseCode code = CloseCode::normal;
    std::string reason;
  };

  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> answer();
  boost::asio::awaitable<void> watch_silence();
  boost::asio::awaitable<void> analyze(WaitingFrame frame);
  boost::asio::awaitable<void> send(std::string text);
  std::string failure_of(const std::exception& error, long long frame, std::uint64_t dropped);

  void take_frame(const boost::beast::flat_buffer& buffer);
  void take_text(std::string_view text);
  double most_rate() const;
  bool is_too_fast(Clock::time_point now);
  bool is_too_talkative();
  void say_goodbye(CloseCode code, std::string reason);
  void end();

  Transport& transport_;
  Site& site_;
  boost::beast::websocket::stream<Transport&, false> socket_;
  LiveGuest guest_;
  bool listened_ = false;  ///< the listener was told of its beginning
  std::shared_ptr<Follower> follower_;
  std::optional<WaitingFrame> waiting_;
  std::deque<std::string> texts_;  ///< to be sent
  std::optional<Farewell> farewell_;
  boost::asio::steady_timer something_to_do_;
  boost::asio::steady_timer silence_;
  bool ended_ = false;
  long long next_frame_ = 0;
  std::uint64_t dropped_ = 0;
  int bad_frames_ = 0;  ///< one after the other
  std::string told_;    ///< what went wrong within the server last
  Clock::time_point begun_;
  Clock::time_point heard_;  ///< when the last message came
  Allowance frames_allowed_;
  Allowance texts_allowed_;
};

}  // namespace mien::server
