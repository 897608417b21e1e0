// What clients send, taken apart: targets, routes, ranges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/byte_range.h"
#include "server/router.h"
#include "server/target.h"

namespace mien::server {
namespace {

using boost::beast::http::status;
using boost::beast::http::verb;
using testing::ElementsAre;
using testing::Pair;

TEST(Target, IsDecoded) {
  const auto target = parse_target("/a%20b/c?x=1&y=a+b%26&x=2&&z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c");
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "2"), Pair("y", "a b&"), Pair("z", "")));
  EXPECT_EQ(parse_target("/")->path, "/");
  EXPECT_EQ(parse_target("/%C3%A4")->path, "/ä");
  EXPECT_EQ(escaped_path("/ä b"), "/%C3%A4%20b");
}

TEST(Target, WhatIsNoneIsRefused) {
  for (const std::string text : {"", "a", "*", "http://a/", "/%", "/%2", "/%zz", "/a%2Fb", "/%00",
                                 "/a%0d%0ab", "/#a", "/%ff", "/?a=%c3", "/\x01"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
  std::string many = "/?";
  for (int i = 0; i < 40; ++i) many += "a" + std::to_string(i) + "=1&";
  EXPECT_FALSE(parse_target(many));
}

TEST(Target, KnowsUtf8) {
  for (const auto* text : {"", "a", "ä", "€", "😀"}) EXPECT_TRUE(is_utf8(text));
  for (const auto* text : {"\x80", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

class Routes : public testing::Test {
 protected:
  Routes() {
    add(verb::get, "/api/jobs");
    add(verb::post, "/api/jobs");
    add(verb::get, "/api/jobs/{id}");
    add(verb::get, "/api/jobs/{id}/result.csv");
    add(verb::get, "/api/gallery/{expression}/{number}");
  }
  void add(verb method, const char* path) {
    Route route;
    route.method = method;
    route.path = path;
    router.add(std::move(route));
  }
  std::string found(verb method, const std::string& path) const {
    const auto match = router.find(method, path);
    if (const auto* reason = std::get_if<status>(&match)) {
      return std::to_string(static_cast<unsigned>(*reason));
    }
    const auto& route = std::get<Router::Match>(match);
    std::string text = route.route->path;
    for (const auto& parameter : route.parameters) text += " " + parameter;
    return text;
  }
  Router router;
};

TEST_F(Routes, AreFoundByPathAndMethod) {
  EXPECT_EQ(found(verb::get, "/api/jobs"), "/api/jobs");
  EXPECT_EQ(found(verb::get, "/api/jobs/7"), "/api/jobs/{id} 7");
  EXPECT_EQ(found(verb::get, "/api/jobs/7/result.csv"), "/api/jobs/{id}/result.csv 7");
  EXPECT_EQ(found(verb::get, "/api/gallery/happy/3"), "/api/gallery/{expression}/{number} happy 3");
  EXPECT_EQ(found(verb::delete_, "/api/jobs"), "405");
  EXPECT_EQ(found(verb::post, "/api/jobs/7"), "405");
  for (const auto* path : {"", "/", "/api", "/api/jobs/", "/api/jobs/7/", "/api/jobs/7/8",
                           "//api/jobs", "/api/gallery//3"}) {
    EXPECT_EQ(found(verb::get, path), "404") << path;
  }
  EXPECT_EQ(router.methods("/api/jobs"), "GET, HEAD, POST");
}

std::string range_of(const char* header, std::uint64_t size) {
  ByteRange range;
  switch (parse_range(header, size, range)) {
    case RangeKind::whole:
      return "whole";
    case RangeKind::none:
      return "none";
    case RangeKind::part:
      break;
  }
  return std::to_string(range.first) + "-" + std::to_string(range.last);
}

TEST(ByteRange, IsReadAsHttpSays) {
  EXPECT_EQ(range_of("bytes=0-99", 1000), "0-99");
  EXPECT_EQ(range_of("bytes=900-", 1000), "900-999");
  EXPECT_EQ(range_of("bytes=900-5000", 1000), "900-999");
  EXPECT_EQ(range_of("bytes=-100", 1000), "900-999");
  EXPECT_EQ(range_of("bytes=-5000", 1000), "0-999");
  EXPECT_EQ(range_of("bytes=1000-", 1000), "none");
  EXPECT_EQ(range_of("bytes=-0", 1000), "none");
  for (const auto* header : {"", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b",
                             "bytes=0-1,5-6", "items=0-1", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(range_of(header, 1000), "whole") << header;
  }
}

}  // namespace
}  // namespace mien::server
