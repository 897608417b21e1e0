#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mien::server {

/// What a server answered.
struct RawAnswer {
  int status = 0;
  std::string head;                            ///< as it came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Sends bytes over a socket of this machine, right or wrong, and reads answers.
class RawClient {
 public:
  enum class Kind { plain, tls };
  using Time = std::chrono::milliseconds;

  explicit RawClient(std::uint16_t port, Kind kind = Kind::plain);
  RawClient(RawClient&&) noexcept;
  RawClient& operator=(RawClient&&) noexcept;
  ~RawClient();

  /// False when the server takes no more.
  bool send(std::string_view bytes);
  /// What comes next, `count` bytes; fewer when the connection ends or the time is over.
  std::string read(std::size_t count, Time time = Time(10'000));
  /// To the end of the connection.
  std::string read_rest(Time time = Time(10'000));
  std::string read_until(std::string_view end, Time time = Time(10'000));

  /// Nothing when none came. `bodiless`: that of HEAD.
  std::optional<RawAnswer> read_answer(bool bodiless = false);
  RawAnswer ask(std::string_view request, bool bodiless = false);

  /// Whether the server ends the connection within that time.
  bool is_ended_within(Time time);
  void close();
  /// The bytes that the system keeps for this client when it does not read.
  void set_receive_buffer(int bytes);

  /// SHA-256 of the server's certificate: "AB:CD:...".
  std::string fingerprint() const;

 private:
  class Socket;
  bool fill(Time time);

  std::unique_ptr<Socket> socket_;
  std::string buffer_;
  bool ended_ = false;
};

/// "GET PATH HTTP/1.1", with a Host and further lines, each ended by \r\n.
std::string get(std::string_view path, std::string_view lines = "");
std::string post(std::string_view path, std::string_view type, std::string_view body,
                 std::string_view lines = "");

/// A WebSocket, by hand.
class LiveClient {
 public:
  struct Message {
    int kind = 0;  ///< 1 text, 2 binary, 8 close, 9 ping, 10 pong
    std::string bytes;
    /// Of a close.
    int code() const;
  };

  explicit LiveClient(std::uint16_t port, std::string_view path = "/api/v1/live",
                      std::string_view lines = "", RawClient::Kind kind = RawClient::Kind::plain);

  const RawAnswer& handshake() const { return handshake_; }
  RawClient& raw() { return client_; }

  bool send(int kind, std::string_view bytes);
  bool send_frame(std::string_view picture) { return send(2, picture); }
  bool send_text(std::string_view text) { return send(1, text); }

  /// The next message; nothing when the connection ended or none came in time.
  std::optional<Message> receive(RawClient::Time time = RawClient::Time(10'000));

 private:
  RawClient client_;
  RawAnswer handshake_;
};

}  // namespace mien::server
