#include "raw_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace mien::server {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::size_t number(std::string_view text, int base = 10) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

RawAnswer parsed_head(const std::string& head) {
  RawAnswer answer;
  answer.head = head;
  answer.status =
      head.size() > 12 ? static_cast<int>(number(std::string_view(head).substr(9, 3))) : 0;
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(line.size() + 2, rest.size()));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
  return answer;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeTls {
  void operator()(SSL* tls) const { SSL_free(tls); }
};

}  // namespace

class RawClient::Socket {
 public:
  Socket(std::uint16_t port, Kind kind) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("nothing listens on port " + std::to_string(port));
    }
    const int one = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (kind == Kind::tls) shake_hands();
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(socket_); }

  long send(const char* bytes, std::size_t size) {
    if (tls_) return SSL_write(tls_.get(), bytes, static_cast<int>(size));
    return ::send(socket_, bytes, size, MSG_NOSIGNAL);
  }

  long read(char* bytes, std::size_t size, Time time) {
    if (tls_ && SSL_pending(tls_.get()) > 0)
      return SSL_read(tls_.get(), bytes, static_cast<int>(size));
    pollfd events = {.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&events, 1, static_cast<int>(time.count())) <= 0) return -2;
    if (tls_) return SSL_read(tls_.get(), bytes, static_cast<int>(size));
    return ::recv(socket_, bytes, size, 0);
  }

  void set_receive_buffer(int bytes) const {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  std::string fingerprint() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    X509_digest(SSL_get0_peer_certificate(tls_.get()), EVP_sha256(), digest.data(), &length);
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
      text += fmt::format("{}{:02X}", i > 0 ? ":" : "", digest[i]);
    }
    return text;
  }

 private:
  void shake_hands() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_);
    if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("no TLS");
  }

  int socket_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeTls> tls_;
};

RawClient::RawClient(std::uint16_t port, Kind kind)
    : socket_(std::make_unique<Socket>(port, kind)) {}
RawClient::RawClient(RawClient&&) noexcept = default;
RawClient& RawClient::operator=(RawClient&&) noexcept = default;
RawClient::~RawClient() = default;

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = socket_->send(bytes.data(), bytes.size());
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// More into the buffer; false when there is none.
bool RawClient::fill(Time time) {
  if (ended_) return false;
  std::array<char, 1 << 16> block{};
  const auto count = socket_->read(block.data(), block.size(), time);
  if (count > 0) buffer_.append(block.data(), static_cast<std::size_t>(count));
  ended_ = count == 0 || count == -1;
  return count > 0;
}

std::string RawClient::read(std::size_t count, Time time) {
  while (buffer_.size() < count && fill(time)) {
  }
  auto bytes = buffer_.substr(0, count);
  buffer_.erase(0, bytes.size());
  return bytes;
}

std::string RawClient::read_rest(Time time) {
  while (fill(time)) {
  }
  return std::exchange(buffer_, {});
}

std::string RawClient::read_until(std::string_view end, Time time) {
  auto place = buffer_.find(end);
  while (place == std::string::npos && fill(time)) place = buffer_.find(end);
  return place == std::string::npos ? std::string() : read(place + end.size());
}

std::optional<RawAnswer> RawClient::read_answer(bool bodiless) {
  const auto head = read_until("\r\n\r\n");
  if (head.empty()) return std::nullopt;
  auto answer = parsed_head(head);
  const bool informs = answer.status / 100 == 1;
  if (bodiless || informs || answer.status == 204 || answer.status == 304) return answer;
  if (answer.headers.contains("content-length")) {
    answer.body = read(number(answer.headers["content-length"]));
  } else if (answer.headers["transfer-encoding"] == "chunked") {
    for (;;) {
      const auto size = number(read_until("\r\n"), 16);
      answer.body += read(size);
      read(2);
      if (size == 0) break;
    }
  } else {
    answer.body = read_rest();
  }
  return answer;
}

RawAnswer RawClient::ask(std::string_view request, bool bodiless) {
  send(request);
  return read_answer(bodiless).value_or(RawAnswer());
}

bool RawClient::is_ended_within(Time time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!ended_ && std::chrono::steady_clock::now() < end) {
    fill(std::chrono::duration_cast<Time>(end - std::chrono::steady_clock::now()) + Time(1));
  }
  return ended_;
}

void RawClient::close() { socket_.reset(); }
void RawClient::set_receive_buffer(int bytes) { socket_->set_receive_buffer(bytes); }
std::string RawClient::fingerprint() const { return socket_->fingerprint(); }

std::string get(std::string_view path, std::string_view lines) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, lines);
}

std::string post(std::string_view path, std::string_view type, std::string_view body,
                 std::string_view lines) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}",
      path, type, body.size(), lines, body);
}

int LiveClient::Message::code() const {
  if (bytes.size() < 2) return 0;
  return static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1]);
}

LiveClient::LiveClient(std::uint16_t port, std::string_view path, std::string_view lines,
                       RawClient::Kind kind)
    : client_(port, kind) {
  handshake_ = client_.ask(get(path, fmt::format("Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                                 "Sec-WebSocket-Version: 13\r\n"
                                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                                                 "\r\n{}",
                                                 lines)));
}

bool LiveClient::send(int kind, std::string_view bytes) {
  std::string message(1, static_cast<char>(0x80 | kind));
  const auto size = bytes.size();
  if (size < 126) {
    message += static_cast<char>(0x80 | size);
  } else {
    const int length = size < 65536 ? 2 : 8;
    message += static_cast<char>(0x80 | (length == 2 ? 126 : 127));
    for (int i = length - 1; i >= 0; --i) message += static_cast<char>(size >> (8 * i) & 0xFF);
  }
  message += std::string(4, '\0');  // a mask that changes nothing
  message += bytes;
  return client_.send(message);
}

std::optional<LiveClient::Message> LiveClient::receive(RawClient::Time time) {
  const auto head = client_.read(2, time);
  if (head.size() < 2) return std::nullopt;
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7FU;
  if (size >= 126) {
    const auto length = client_.read(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : length) size = size << 8U | static_cast<unsigned char>(c);
  }
  return Message{static_cast<unsigned char>(head[0]) & 0x0F, client_.read(size)};
}

}  // namespace mien::server
