// The web pages: types, caching, compression and what browsers may do with them.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "running_server.h"

namespace mien::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class Pages : public RunningServer {
 protected:
  Pages() {
    pages_ = {{"/index.html", "11", "<!doctype html>", "zipped"},
              {"/assets/app-1a2b.js", "22", "let a;", {}},
              {"/favicon.svg", "33", "<svg/>", {}}};
    options.pages = pages_;
    start();
  }

  std::vector<PageFile> pages_;
};

TEST_F(Pages, EveryViewIsTheOnePage) {
  for (const auto* path : {"/", "/live", "/stream", "/analyze", "/expressions", "/models", "/about",
                           "/index.html", "/live?model=mien-base"}) {
    const auto answer = ask(get(path));
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, "<!doctype html>") << path;
    EXPECT_EQ(answer.headers.at("content-type"), "text/html; charset=utf-8");
  }
}

TEST_F(Pages, BrowsersMayDoLittle) {
  const auto headers = ask(get("/")).headers;
  const auto& policy = headers.at("content-security-policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(headers.at("permissions-policy"), HasSubstr("camera=(self)"));
  EXPECT_EQ(headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(headers.at("referrer-policy"), "no-referrer");
  EXPECT_EQ(headers.at("cross-origin-opener-policy"), "same-origin");
}

TEST_F(Pages, WhatHasAHashInItsNameIsKept) {
  const auto script = ask(get("/assets/app-1a2b.js"));
  EXPECT_EQ(script.headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(script.headers.at("cache-control"), HasSubstr("immutable"));
  EXPECT_EQ(ask(get("/")).headers.at("cache-control"), "no-cache");
  EXPECT_EQ(ask(get("/favicon.svg")).headers.at("content-type"), "image/svg+xml");
}

TEST_F(Pages, APageThatIsKnownIsNotSentAgain) {
  const auto tag = ask(get("/")).headers.at("etag");
  auto client = this->client();
  const auto answer = client.ask(get("/", "If-None-Match: \"x\", " + tag + "\r\n"));
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.headers.at("etag"), tag);
  EXPECT_EQ(client.ask(get("/", "If-None-Match: \"x\"\r\n")).status, 200);
}

TEST_F(Pages, TheyAreCompressedForWhoTakesIt) {
  const auto zipped = ask(get("/", "Accept-Encoding: br, gzip;q=0.8\r\n"));
  EXPECT_EQ(zipped.body, "zipped");
  EXPECT_EQ(zipped.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(zipped.headers.at("vary"), "Accept-Encoding");
  EXPECT_NE(zipped.headers.at("etag"), ask(get("/")).headers.at("etag"));
  EXPECT_EQ(ask(get("/", "Accept-Encoding: gzip;q=0\r\n")).body, "<!doctype html>");
  EXPECT_EQ(ask(get("/assets/app-1a2b.js", "Accept-Encoding: gzip\r\n")).body, "let a;");
}

TEST(EmbeddedPages, ThereIsAPage) {
  const StaticPages pages;
  const auto page = pages.find("/", {});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->body, HasSubstr("<title>"));
  boost::beast::http::fields headers;
  headers.set(boost::beast::http::field::accept_encoding, "gzip");
  const auto zipped = pages.find("/", headers);
  ASSERT_TRUE(zipped);
  if (zipped->headers.contains("Content-Encoding")) {
    EXPECT_THAT(zipped->body, testing::StartsWith("\x1F\x8B"));
  }
}

}  // namespace
}  // namespace mien::server
