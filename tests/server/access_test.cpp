// Who is let in: hosts, origins, tokens, TLS.
#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "mien/error.h"
#include "running_server.h"
#include "server/security.h"
#include "server/tls.h"

namespace mien::server {
namespace {

using testing::HasSubstr;

class Access : public RunningServer {
 protected:
  static constexpr const char* kToken = "0123456789abcdef0123";

  int asked_as(const std::string& host) const {
    return ask("GET /api/v1/health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
  }
  int posted_by(const std::string& lines) const {
    return ask(post("/api/v1/analyze", "image/jpeg", some_jpeg(), lines)).status;
  }
};

TEST_F(Access, AForeignNameIsRefused) {
  options.hosts = {"camera.local"};
  start();
  for (const auto* host :
       {"localhost", "127.0.0.1", "[::1]", "LocalHost:5000", "127.0.0.1:80", "camera.local:5000"}) {
    EXPECT_EQ(asked_as(host), 200) << host;
  }
  for (const auto* host : {"evil.example", "localhost.evil.example", "192.168.1.1",
                           "localhost:80:80", "", "[::1", "a b"}) {
    EXPECT_EQ(asked_as(host), 403) << host;
  }
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400);
}

TEST_F(Access, APageOfAnotherSiteChangesNothing) {
  start();
  EXPECT_EQ(posted_by(""), 200);
  EXPECT_EQ(posted_by("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n"), 200);
  EXPECT_EQ(posted_by("Origin: http://evil.example\r\n"), 403);
  EXPECT_EQ(posted_by("Origin: http://localhost:3000\r\n"), 403);
  EXPECT_EQ(posted_by("Origin: null\r\n"), 403);
  EXPECT_EQ(posted_by("Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(ask(get("/api/v1/health", "Origin: http://evil.example\r\n")).status, 200);
}

TEST_F(Access, APageOfAnotherSiteHasNoLiveSession) {
  start();
  EXPECT_EQ(live("Origin: http://localhost\r\n").handshake().status, 101);
  EXPECT_EQ(live("Origin: http://evil.example\r\n").handshake().status, 403);
}

TEST_F(Access, WithoutTheTokenNothingIsShown) {
  options.token = kToken;
  start();
  for (const auto* path : {"/", "/api/v1/health", "/api/v1/none", "/?token=wrong"}) {
    EXPECT_EQ(ask(get(path)).status, 401) << path;
  }
  EXPECT_EQ(live().handshake().status, 401);
  const auto with = [](const std::string& line) { return get("/api/v1/health", line + "\r\n"); };
  EXPECT_EQ(ask(with("Authorization: Bearer wrong")).status, 401);
  EXPECT_EQ(ask(with(std::string("Authorization: Bearer ") + kToken)).status, 200);
  EXPECT_EQ(ask(with(std::string("Cookie: a=b; mien_token=") + kToken)).status, 200);
  EXPECT_EQ(ask(with(std::string("Cookie: mien_token=") + kToken + "x")).status, 401);
  EXPECT_EQ(ask(get(std::string("/api/v1/health?token=") + kToken)).status, 401);
}

TEST_F(Access, APersonIsAnsweredByAPage) {
  options.token = kToken;
  start();
  const auto opened = [&](const std::string& path) {
    return ask(get(path, "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"));
  };
  const auto refused = opened("/?token=<wrong>");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(refused.body, HasSubstr("<input name=\"token\""));
  options.token.clear();
  start();
  const auto none = opened("/none");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("<a href=\"/\">"));
  EXPECT_THAT(ask(get("/none")).body, HasSubstr("{\"error\":"));
}

TEST_F(Access, OptionsNameTheFileThatIsMissing) {
  options.certificate = "/none/cert.pem";
  options.key = "/none/key.pem";
  try {
    start();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/none/cert.pem"));
    EXPECT_THAT(error.what(), HasSubstr("no such file"));
  }
}

TEST_F(Access, ThePrintedAddressLeavesACookie) {
  options.token = kToken;
  start();
  EXPECT_THAT(server->url(), HasSubstr(std::string("/?token=") + kToken));
  const auto opened = ask(get(std::string("/live?token=") + kToken));
  EXPECT_EQ(opened.status, 303);
  EXPECT_EQ(opened.headers.at("location"), "/live");
  EXPECT_EQ(opened.headers.at("set-cookie"),
            std::string("mien_token=") + kToken + "; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(ask(get("/live", std::string("Cookie: mien_token=") + kToken + "\r\n")).status, 200);
  EXPECT_EQ(ask(get(std::string("//evil.example/?token=") + kToken)).headers.at("location"), "/");
}

TEST_F(Access, PlayersAreGivenTheStreamByTheTokenInItsAddress) {
  options.token = kToken;
  start();  // without a source: 404 is what is behind the gate
  const auto path = std::string("/stream.mjpg?token=") + kToken;
  EXPECT_EQ(ask(get(path)).status, 404);
  EXPECT_EQ(ask(get("/stream.mjpg?token=wrong")).status, 401);
  EXPECT_EQ(ask(get(path, "Accept: image/avif,image/*,*/*;q=0.8\r\n")).status, 404) << "an <img>";
  EXPECT_EQ(ask(get(path, "Accept: text/html,*/*;q=0.8\r\n")).status, 303)
      << "not to stay in the browser's history";
}

TEST_F(Access, ALiveSessionTakesTheTokenInItsAddress) {
  options.token = kToken;
  start();
  const auto path = std::string("/api/v1/live?token=") + kToken;
  EXPECT_EQ(LiveClient(server->port(), path).handshake().status, 101);
}

TEST_F(Access, OthersThanThisMachineNeedAToken) {
  options.listen = "0.0.0.0";
  start();
  EXPECT_EQ(server->token().size(), 32U);
  EXPECT_EQ(ask(get("/api/v1/health")).status, 401);
  options.no_token = true;
  start();
  EXPECT_EQ(server->token(), "");
  EXPECT_EQ(asked_as("192.168.1.5"), 200);
  EXPECT_EQ(asked_as("evil.example"), 403);
}

TEST_F(Access, OptionsThatMakeNoSenseAreRefused) {
  const auto code_of = [this] {
    try {
      start();
    } catch (const Error& error) {
      return error.code();
    }
    return static_cast<ErrorCode>(0);
  };
  options.listen = "203.0.113.7";
  EXPECT_EQ(code_of(), ErrorCode::usage);
  options.listen = "localhost";
  options.token = "short";
  EXPECT_EQ(code_of(), ErrorCode::usage);
  options.token = "";
  options.hosts = {"a b"};
  EXPECT_EQ(code_of(), ErrorCode::usage);
  options.hosts = {};
  options.certificate = "/nonexistent.pem";
  EXPECT_EQ(code_of(), ErrorCode::usage);
  options.key = "/nonexistent.pem";
  EXPECT_EQ(code_of(), ErrorCode::usage);
  options.certificate.reset();
  options.key.reset();
  start();
  options.port = server->port();
  try {
    const Server second(options);
    ADD_FAILURE() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::internal);
    EXPECT_THAT(error.what(), HasSubstr("give another --port"));
  }
}

TEST_F(Access, ASelfSignedCertificateIsTheOneThatIsPrinted) {
  options.self_signed = true;
  start();
  EXPECT_THAT(server->url(), HasSubstr("https://localhost:"));
  RawClient client(server->port(), RawClient::Kind::tls);
  EXPECT_EQ(client.fingerprint(), server->fingerprint());
  EXPECT_EQ(server->fingerprint().size(), 95U);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(get("/api/v1/health")).status, 200);
  EXPECT_EQ(client.ask(post("/api/v1/analyze", "image/jpeg", some_jpeg())).status, 200);
  LiveClient live(server->port(), "/api/v1/live", "", RawClient::Kind::tls);
  ASSERT_EQ(live.handshake().status, 101);
  live.send_frame(some_jpeg());
  EXPECT_THAT(live.receive().value_or(LiveClient::Message()).bytes, HasSubstr("happy"));
}

TEST_F(Access, PlainWordsToTlsHarmNobody) {
  options.self_signed = true;
  options.limits.handshake_time = Limits::Seconds(0.3);
  start();
  auto plain = client();
  plain.send(get("/"));
  const auto answer = plain.read_answer().value_or(RawAnswer());
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("begins with https://"));
  EXPECT_TRUE(plain.is_ended_within(RawClient::Time(3000)));
  auto silent = client();
  EXPECT_TRUE(silent.is_ended_within(RawClient::Time(3000)));
  RawClient good(server->port(), RawClient::Kind::tls);
  EXPECT_EQ(good.ask(get("/api/v1/health")).status, 200);
}

TEST(Security, HostsAreReadStrictly) {
  EXPECT_EQ(parse_host("[2001:DB8::1]:443")->name, "2001:db8::1");
  EXPECT_EQ(parse_host("Example.ORG")->name, "example.org");
  EXPECT_EQ(parse_host("a:1")->port, "1");
  for (const auto* host : {"", ":80", "a:", "a:b", "a:123456", "[::1]x", "[]", "a/b", "user@a"}) {
    EXPECT_FALSE(parse_host(host)) << host;
  }
}

TEST(Security, OriginsAreThoseOfTheHost) {
  EXPECT_TRUE(is_same_origin("http://a", "a"));
  EXPECT_TRUE(is_same_origin("http://a:80", "a"));
  EXPECT_TRUE(is_same_origin("https://a", "a:443"));
  EXPECT_TRUE(is_same_origin("https://[::1]:5000", "[::1]:5000"));
  EXPECT_FALSE(is_same_origin("https://a", "a:80"));
  EXPECT_FALSE(is_same_origin("ftp://a", "a"));
  EXPECT_FALSE(is_same_origin("", "a"));
}

TEST(Security, TokensDiffer) {
  EXPECT_NE(make_token(), make_token());
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace mien::server
