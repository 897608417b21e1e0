#include "hostile_clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mien::bench {
namespace {

using std::chrono::milliseconds;
using Frames = std::vector<std::vector<unsigned char>>;

std::string noise(std::size_t size) {
  static thread_local std::mt19937 random{5};
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

/// False when it is to end.
bool pause(const std::stop_token& stop, milliseconds time) {
  for (; time.count() > 0 && !stop.stop_requested(); time -= milliseconds(10)) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  return !stop.stop_requested();
}

/// A connection whose system keeps few bytes for it, and that waits for nothing for long.
class Connection {
 public:
  explicit Connection(const std::string& port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int few = 4096;
    const timeval patience{.tv_sec = 0, .tv_usec = 500'000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("the server takes no connection");
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  /// Throws when the server has ended the connection, or does not take it in time.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the server takes no more");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What has come, within half a second.
  std::string read() {
    std::string bytes(4096, '\0');
    const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    const bool waits = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (size <= 0 && !waits) throw std::runtime_error("the server has ended it");
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
  }

  void open_live(const std::string& port) {
    send("GET /api/v1/live HTTP/1.1\r\nHost: localhost:" + port +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    read();
  }

  /// A binary message of which `announced` bytes are to come, masked by zeros.
  void begin_message(std::uint64_t announced) {
    std::string head = {'\x82', '\xFF'};
    for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(announced >> shift);
    send(head + std::string(4, '\0'));
  }

  void send_message(std::string_view bytes) {
    begin_message(bytes.size());
    send(bytes);
  }

 private:
  int socket_;
};

struct Target {
  const std::string& port;
  const Frames& frames;

  std::string_view frame(std::size_t number) const {
    const auto& bytes = frames[number % frames.size()];
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

using Attack = void (*)(Connection&, const Target&, const std::stop_token&);

constexpr auto kBetweenFrames = milliseconds(66);

void send_noise(Connection& connection, const Target& /*target*/, const std::stop_token& stop) {
  while (pause(stop, milliseconds(20))) connection.send(noise(4000));
}

void send_noise_as_frames(Connection& connection, const Target& target,
                          const std::stop_token& stop) {
  connection.open_live(target.port);
  while (pause(stop, milliseconds(20))) connection.send_message(noise(20'000));
}

void send_half_frames(Connection& connection, const Target& target, const std::stop_token& stop) {
  connection.open_live(target.port);
  for (std::size_t i = 0; pause(stop, kBetweenFrames); ++i) {
    const auto frame = target.frame(i);
    connection.send_message(frame.substr(0, frame.size() / 2));
    connection.read();
  }
}

void send_half_a_message(Connection& connection, const Target& target,
                         const std::stop_token& stop) {
  connection.open_live(target.port);
  connection.begin_message(3'900'000);
  connection.send(noise(1'900'000));
  while (pause(stop, milliseconds(500))) connection.read();
}

void send_a_huge_frame(Connection& connection, const Target& target, const std::stop_token& stop) {
  connection.open_live(target.port);
  connection.begin_message(100'000'000);
  const auto piece = noise(100'000);
  for (int i = 0; i < 1000 && !stop.stop_requested(); ++i) connection.send(piece);
}

void never_read(Connection& connection, const Target& target, const std::stop_token& stop) {
  connection.open_live(target.port);
  for (std::size_t i = 0; pause(stop, kBetweenFrames); ++i) {
    connection.send_message(target.frame(i));
  }
}

void never_read_a_page(Connection& connection, const Target& target, const std::stop_token& stop) {
  for (;;) {
    connection.send("GET / HTTP/1.1\r\nHost: localhost:" + target.port + "\r\n\r\n");
    if (!pause(stop, milliseconds(100))) return;
  }
}

void send_byte_by_byte(Connection& connection, const Target& target, const std::stop_token& stop) {
  connection.send("POST /api/v1/analyze HTTP/1.1\r\nHost: localhost:" + target.port +
                  "\r\nContent-Type: image/jpeg\r\nContent-Length: 10000000\r\n\r\n");
  while (pause(stop, milliseconds(500))) connection.send("x");
}

void post(Connection& connection, const Target& target, const std::string& path,
          std::string_view body) {
  connection.send("POST " + path + " HTTP/1.1\r\nHost: localhost:" + target.port +
                  "\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n");
  connection.send(body);
}

/// A JPEG of a hundred thousand empty scans, each of which takes a decoder a pass over all pixels.
void post_endless_scans(Connection& connection, const Target& target, const std::stop_token& stop) {
  constexpr std::string_view kScan("\xFF\xDA\0\6\1\1\x11\0", 8);
  constexpr int kScans = 100'000;
  const auto frame = target.frame(0);
  std::string bomb(frame.substr(0, frame.size() - 2));
  for (int i = 0; i < kScans; ++i) bomb += kScan;
  bomb += frame.substr(frame.size() - 2);
  while (pause(stop, milliseconds(100))) {
    post(connection, target, "/api/v1/analyze", bomb);
    connection.read();
  }
}

/// Nearly as many pixels as are taken, in few bytes, to be drawn on and sent back.
void post_large_pictures(Connection& connection, const Target& target,
                         const std::stop_token& stop) {
  static const auto picture = [] {
    std::vector<unsigned char> bytes;
    cv::imencode(".png", cv::Mat(7000, 7000, CV_8UC3, cv::Scalar(90, 90, 90)), bytes);
    return std::string(bytes.begin(), bytes.end());
  }();
  while (pause(stop, milliseconds(100))) {
    post(connection, target, "/api/v1/analyze?output=annotated", picture);
    connection.read();
  }
}

/// All the connections that there are, for as long as each is left alone.
void hold_connections(Connection& /*connection*/, const Target& target,
                      const std::stop_token& stop) {
  std::vector<std::unique_ptr<Connection>> held;
  for (int i = 0; i < 100; ++i) held.push_back(std::make_unique<Connection>(target.port));
  pause(stop, std::chrono::seconds(5));
}

struct NamedAttack {
  const char* name;
  Attack attack;
};

constexpr NamedAttack kAttacks[] = {{"noise", send_noise},
                                    {"noise as frames", send_noise_as_frames},
                                    {"half frames", send_half_frames},
                                    {"half a message", send_half_a_message},
                                    {"a huge frame", send_a_huge_frame},
                                    {"frames, never reading", never_read},
                                    {"pages, never reading", never_read_a_page},
                                    {"byte by byte", send_byte_by_byte},
                                    {"endless scans", post_endless_scans},
                                    {"large pictures", post_large_pictures},
                                    {"held connections", hold_connections}};

}  // namespace

HostileClients::HostileClients(std::string port, const Frames& frames) : port_(std::move(port)) {
  for (const auto& [name, attack] : kAttacks) {
    auto& connections = connections_[name];
    threads_.emplace_back(
        [this, &connections, attack = attack, &frames](const std::stop_token& stop) {
          do {
            try {
              Connection connection(port_);
              ++connections;
              attack(connection, {port_, frames}, stop);
            } catch (const std::exception&) {  // cut off, as it should be
            }
          } while (pause(stop, milliseconds(100)));
        });
  }
}

HostileClients::~HostileClients() = default;

std::map<std::string, long> HostileClients::connections() const {
  return {connections_.begin(), connections_.end()};
}

}  // namespace mien::bench
