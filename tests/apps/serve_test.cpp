// How `mien serve` begins and ends; what it serves is tested in tests/server.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>

#include "mien_fixture.h"

namespace mien {
namespace {

using test::RunningMien;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

class Serve : public test::Mien {
 protected:
  /// Its private folders are made in `tmp`.
  test::ProgramOptions with_folder() const {
    std::filesystem::create_directory(path("tmp"));
    auto options = program_options();
    options.environment["TMPDIR"] = path("tmp");
    return options;
  }
};

/// A port of this machine that is taken as long as it lives.
class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(socket_, 1);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { ::close(socket_); }
  std::string name() const { return std::to_string(port_); }
  int number() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

TEST_F(Serve, SaysWhereItIsAndEndsInOrder) {
  RunningMien program({"serve", "--port", "0"}, with_folder());
  while (std::filesystem::is_empty(path("tmp"))) ::usleep(10000);
  ::usleep(500000);
  program.send(SIGTERM);
  const auto result = program.wait();
  EXPECT_EQ(result.signal, SIGTERM);
  EXPECT_THAT(result.err_lines(), SizeIs(1));
  EXPECT_THAT(result.err_lines().front(),
              MatchesRegex("mien: open http://localhost:[0-9]+/ in a browser; Ctrl-C ends it"));
  EXPECT_TRUE(std::filesystem::is_empty(path("tmp")));
}

/// What a server of this machine answers to a picture; empty when there is none yet.
std::string analyzed(int port, const test::Bytes& picture) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  std::string answer;
  if (::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    std::string request =
        "POST /api/v1/analyze HTTP/1.0\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
        "Content-Length: " +
        std::to_string(picture.size()) + "\r\n\r\n";
    request.append(picture.begin(), picture.end());
    ::send(client, request.data(), request.size(), MSG_NOSIGNAL);
    std::array<char, 4096> block{};
    for (ssize_t read = 0; (read = ::recv(client, block.data(), block.size(), 0)) > 0;) {
      answer.append(block.data(), static_cast<std::size_t>(read));
    }
  }
  ::close(client);
  return answer;
}

TEST_F(Serve, DecodersWordsAboutDamagedUploadsAreNotInItsLog) {
  const int port = TakenPort().number();  // free again
  RunningMien program({"serve", "--port", std::to_string(port)}, with_folder());
  const auto picture = [](const std::string& kind) {
    cv::Mat noise(64, 64, CV_8UC3);
    cv::randu(noise, 0, 255);
    auto bytes = test::encoded(noise, kind);
    bytes.resize(bytes.size() / 2);
    return bytes;
  };
  const auto cut_jpeg = picture(".jpg");
  const auto cut_png = picture(".png");
  while (analyzed(port, cut_jpeg).empty()) ::usleep(10000);
  EXPECT_THAT(analyzed(port, cut_png), HasSubstr(" 400 Bad Request"));
  program.send(SIGTERM);
  EXPECT_THAT(program.wait().err_lines(), ElementsAre(HasSubstr("open http://")));
}

TEST_F(Serve, APortThatIsTakenIsSaid) {
  const TakenPort taken;
  test::expect_one_error(run({"serve", "--port", taken.name()}), 1, "give another --port");
}

TEST_F(Serve, WrongOptionsAreSaid) {
  const std::string no_file = path("none.pem");
  test::expect_one_error(run({"serve", "--port", "0", "--listen", "203.0.113.7"}), 2, "--listen");
  test::expect_one_error(run({"serve", "--port", "70000"}), 2, "--port");
  test::expect_one_error(run({"serve", "--tls-cert", no_file, "--port", "0"}), 2, "--tls-key");
  test::expect_one_error(run({"serve", "--tls-cert", no_file, "--tls-key", no_file, "--port", "0"}),
                         2, no_file);
  test::expect_one_error(run({"serve", "--token", "short", "--port", "0"}), 2, "--token");
  test::expect_one_error(run({"serve", "--no-token", "--token", "0123456789abcdef"}), 2,
                         "--no-token");
  test::expect_one_error(run({"serve", "--model", "unknown", "--port", "0"}), 4, "unknown");
  test::expect_one_error(run({"serve", "--source", path("none.mp4"), "--port", "0"}), 3,
                         "none.mp4");
}

}  // namespace
}  // namespace mien
