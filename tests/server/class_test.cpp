// Classes against the real server, with a stub analyzer: who sees what of whom.
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "class_fixture.h"

namespace mien::server {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(Class, WithoutAStatementThereIsNone) {
  options.classes.reset();
  start();
  EXPECT_EQ(json::parse(ask(get("/api/v1/info")).body).at("class"), json());
  const auto answer = post_class(R"({"title":"Physics"})");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(sentence_of(answer), HasSubstr("mien serve --class"));
  EXPECT_EQ(connect("/api/v1/classes/abcdefgh/join?name=Ada").handshake().status, 404);
}

TEST_F(Class, IsDescribedToWhoHasTheLink) {
  start();
  const auto opened = open();
  const auto about = json::parse(ask(get(opened.path())).body);
  EXPECT_EQ(about.at("title"), "Physics");
  EXPECT_EQ(about.at("purpose"), "to see the pace");
  EXPECT_EQ(about.at("agreed"), "all of 9b");
  EXPECT_EQ(about.at("recording"), false);
  EXPECT_EQ(about.at("ended"), false);
  EXPECT_EQ(ask(get("/api/v1/classes/zzzzzzzz")).status, 404);
  EXPECT_EQ(json::parse(ask(get("/api/v1/info")).body).at("class").at("purpose"),
            "to see the pace");
}

TEST_F(Class, WhatIsAskedForIsChecked) {
  start();
  for (const auto& body :
       {std::string("{}"), std::string("[]"), std::string("x"), std::string(R"({"title":""})"),
        std::string(R"({"title":7})"), std::string(R"({"title":"a","record":1})"),
        std::string(R"({"title":"a","unknown":true})"),
        R"({"title":")" + std::string(81, 'a') + "\"}", std::string("{\"title\":\"a\\u0007\"}")}) {
    EXPECT_EQ(post_class(body).status, 400) << body;
  }
  const auto large = post_class(R"({"title":")" + std::string(10'000, 'a') + "\"}");
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(sentence_of(large), HasSubstr("4 KB"));
  EXPECT_THAT(sentence_of(post_class(R"({"title":"a","record":true})")),
              HasSubstr("records nothing"));
  for (int i = 0; i < 16; ++i) open();
  EXPECT_EQ(post_class(R"({"title":"one more"})").status, 503);
}

TEST_F(Class, TheGroupIsShownFromFiveOnAndNobodyAlone) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  EXPECT_EQ(next_with(host, "class").at("class").at("smallest_group"), 5);
  std::vector<LiveClient> members;
  const auto all_send = [&] {
    for (auto& member : members) {
      member.send_frame(some_jpeg());
      next_with(member, "faces");
    }
  };
  for (int i = 0; i < 4; ++i) members.push_back(connect(opened.join("Ada" + std::to_string(i))));
  all_send();
  const auto few = view_where(host, [](const json& view) { return view.at("seen") == 4; });
  EXPECT_EQ(few.at("participants"), 4);
  EXPECT_EQ(few.at("group"), json());
  EXPECT_THAT(few.at("named"), IsEmpty());
  EXPECT_THAT(few.dump(), Not(HasSubstr("Ada")));
  members.push_back(connect(opened.join("Eve")));
  all_send();
  const auto enough = view_where(host, [](const json& view) { return view.at("seen") == 5; });
  EXPECT_EQ(enough.at("group").at("happy"), 1);
  EXPECT_THAT(enough.dump(), Not(HasSubstr("Ada")));
}

TEST_F(Class, OfTheGroupNotOneMemberIsLeftOver) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  std::vector<LiveClient> members;
  for (int i = 0; i < 5; ++i) {
    members.push_back(connect(opened.join("Ada" + std::to_string(i), i > 0)));
    members.back().send_frame(some_jpeg());
    next_with(members.back(), "faces");
  }
  const auto view = view_where(host, [](const json& now) { return now.at("seen") == 5; });
  EXPECT_THAT(view.at("named"), SizeIs(4));
  EXPECT_EQ(view.at("group"), json()) << "it would tell what Ada0 shows";
}

TEST_F(Class, ANameIsShownIfItsOwnerChoseSo) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  auto ada = connect(opened.join("Ada%3Cscript%3E", true));
  auto bob = connect(opened.join("Bob"));
  joined(bob);
  ada.send_frame(some_jpeg());
  auto view = view_where(host, [](const json& now) {
    return now.at("named").size() == 1 && now.at("named")[0].at("expression") == "happy";
  });
  EXPECT_EQ(view.at("named")[0].at("name"), "Ada<script>");
  EXPECT_EQ(view.at("participants"), 2);
  ada.send_text(R"({"shown":false})");
  bob.send_text(R"({"shown":true})");
  view = view_where(host, [](const json& now) {
    return now.at("named").size() == 1 && now.at("named")[0].at("name") == "Bob";
  });
  EXPECT_EQ(view.at("named")[0].at("expression"), json()) << "Bob shows no face";
}

TEST_F(Class, AMoodIsReportedByATap) {
  start();
  const auto opened = open(R"({"title":"Physics","faces":false})");
  auto host = connect(opened.host());
  std::vector<LiveClient> members;
  for (int i = 0; i < 5; ++i) {
    members.push_back(connect(opened.join("Ada" + std::to_string(i), i == 0)));
    members.back().send_text(i < 2 ? R"({"mood":"sad"})" : R"({"mood":"happy"})");
    EXPECT_EQ(next_with(members.back(), "mood").at("mood"), i < 2 ? "sad" : "happy");
  }
  const auto view = view_where(host, [](const json& now) { return !now.at("reports").is_null(); });
  EXPECT_EQ(view.at("reports"), json({{"sad", 2}, {"happy", 3}}));
  for (int i = 1; i < 4; ++i) members[static_cast<std::size_t>(i)].send_text(R"({"shown":true})");
  view_where(host, [](const json& now) { return now.at("named").size() == 4; });
  EXPECT_EQ(next_with(host, "seen").at("reports"), json()) << "it would tell what Ada4 reported";
  members[1].send_text(R"({"shown":false})");
  EXPECT_EQ(view.at("named").at(0).at("reported"), "sad");
  members[0].send_frame(some_jpeg());  // no faces are read here
  EXPECT_TRUE(members[0].raw().is_ended_within(milliseconds(3000)));
}

TEST_F(Class, PausingTakesTheFaceAway) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  auto ada = connect(opened.join("Ada"));
  ada.send_frame(some_jpeg());
  view_where(host, [](const json& view) { return view.at("seen") == 1; });
  ada.send_text(R"({"pause":true})");
  view_where(host, [](const json& view) { return view.at("seen") == 0; });
  ada.send_frame(some_jpeg());  // what was still under way
  next_with(ada, "faces");
  EXPECT_EQ(next_with(host, "seen").at("seen"), 0);
}

TEST_F(Class, MarksAreKeptForAHostWhoComesAgain) {
  start();
  const auto opened = open();
  {
    auto host = connect(opened.host());
    host.send_text(R"({"mark":" Slide 3 "})");
    EXPECT_EQ(next_with(host, "mark").at("mark").at("text"), "Slide 3");
    view_where(host, [](const json& view) { return view.at("time") >= 1; });
  }
  auto again = connect(opened.host());
  const auto greeting = next_with(again, "class");
  EXPECT_EQ(greeting.at("marks").at(0).at("text"), "Slide 3");
  EXPECT_GE(greeting.at("history").size(), 1U);
  for (const auto* bad : {R"({"mark":""})", R"({"mark":7})", "{}", R"({"end":false})", "x"}) {
    again.send_text(bad);
    EXPECT_EQ(next_with(again, "error").at("error").at("status"), 400) << bad;
  }
}

TEST_F(Class, OnlyItsHostIsTheHost) {
  start();
  const auto opened = open();
  EXPECT_EQ(connect(opened.path() + "/host?key=" + std::string(32, '0')).handshake().status, 403);
  EXPECT_EQ(connect(opened.path() + "/host").handshake().status, 403);
  EXPECT_EQ(connect(opened.path() + "/join?room=" + std::string(32, '0')).handshake().status, 403);
}

TEST_F(Class, TheEndIsToldToAll) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  auto ada = connect(opened.join("Ada"));
  joined(ada);
  host.send_text(R"({"end":true})");
  next_with(host, "ended");
  next_with(ada, "ended");
  EXPECT_EQ(ada.receive()->code(), 1000);
  EXPECT_EQ(json::parse(ask(get(opened.path())).body).at("ended"), true);
  EXPECT_EQ(connect(opened.join("Bob")).handshake().status, 403);
}

TEST_F(Class, NamesAreChecked) {
  start();
  const auto opened = open();
  for (const auto& name :
       {std::string(), std::string(41, 'a'), std::string("%20%20"), std::string("a%00b"),
        std::string("a%0Ab"), std::string("%E2%80%AEabc"), std::string(10'000, 'a')}) {
    EXPECT_EQ(connect(opened.join(name)).handshake().status, 400) << name.substr(0, 50);
  }
  EXPECT_EQ(connect(opened.join("%C5%81ukasz")).handshake().status, 101);
}

TEST_F(Class, MembersNeedNoTokenAndGetNothingElseByIt) {
  options.token = "0123456789abcdef0123";
  start();
  const auto answer = ask(post("/api/v1/classes", "application/json", R"({"title":"Physics"})",
                               "Authorization: Bearer 0123456789abcdef0123\r\n"));
  const Opened opened{json::parse(answer.body).at("code"), json::parse(answer.body).at("key")};
  EXPECT_EQ(ask(get(opened.path())).status, 200);
  auto ada = connect(opened.join("Ada"));
  EXPECT_EQ(ada.handshake().status, 101);
  const auto me = joined(ada);
  for (const auto* path : {"/api/v1/info", "/api/v1/jobs", "/api/v1/classes", "/class", "/"}) {
    EXPECT_EQ(ask(get(path)).status, 401) << path;
  }
  EXPECT_EQ(connect(opened.host()).handshake().status, 401);
  EXPECT_EQ(connect("/api/v1/live").handshake().status, 401);
  EXPECT_EQ(post_class(R"({"title":"Physics"})").status, 401);
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), me.at("key")), "204");
}

TEST_F(Class, TheRoomsFacesHaveNoNames) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  auto camera = connect(opened.path() + "/join?room=" + opened.key);
  EXPECT_EQ(joined(camera).at("number"), 0);
  camera.send_frame(some_jpeg());
  const auto view = view_where(host, [](const json& now) { return now.at("seen") == 1; });
  EXPECT_EQ(view.at("participants"), 0);
  EXPECT_THAT(view.at("named"), IsEmpty());
  camera.send_text(R"({"pause":true})");
  view_where(host, [](const json& now) { return now.at("seen") == 0; });
}

TEST_F(Class, AnEarlierConnectionOfAMemberIsEnded) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  auto first = connect(opened.join("Ada"));
  const auto me = joined(first);
  const auto path = opened.join("Ada") + "&key=" + me.at("key").get<std::string>();
  for (int i = 0; i < 3; ++i) {
    auto second = connect(path);
    EXPECT_EQ(joined(second).at("number"), me.at("number"));
    EXPECT_TRUE(first.raw().is_ended_within(milliseconds(3000)));
    first.send_text(R"({"mood":"sad"})");  // of nobody any more
    first = std::move(second);
  }
  first.send_text(R"({"mood":"happy"})");
  EXPECT_EQ(next_with(first, "mood").at("mood"), "happy");
  view_where(host, [](const json& now) { return now.at("participants") == 1; });
}

TEST_F(Class, AFloodOfTextsEndsIt) {
  start();
  const auto opened = open();
  auto ada = connect(opened.join("Ada"));
  joined(ada);
  for (int i = 0; i < 200; ++i) ada.send_text(R"({"here":true})");
  EXPECT_EQ(ada.receive()->code(), 1008);
  auto bob = connect(opened.join("Bob"));
  joined(bob);
  for (int i = 0; i < 15; ++i) bob.send_text(R"({"here":true})");
  bob.send_text(R"({"mood":"happy"})");
  next_with(bob, "mood");
}

TEST_F(Class, ACrowdOfJoinsIsHeldUp) {
  start();
  const auto opened = open();
  int refused = 0;
  for (int i = 0; i < 170; ++i) refused += connect(opened.join("Ada")).handshake().status == 503;
  EXPECT_GT(refused, 10);
  EXPECT_LT(refused, 30);
}

TEST_F(Class, AfterABreakOneComesAgainByTheKey) {
  start();
  const auto opened = open();
  auto host = connect(opened.host());
  json me;
  {
    auto ada = connect(opened.join("Ada", true));
    me = joined(ada);
  }
  auto again = connect(opened.join("Ada", true) + "&key=" + me.at("key").get<std::string>());
  EXPECT_EQ(joined(again).at("number"), me.at("number"));
  auto other = connect(opened.join("Bob") + "&key=" + std::string(32, '0'));
  EXPECT_NE(joined(other).at("number"), me.at("number"));
  const auto view = view_where(host, [](const json& now) { return now.at("participants") == 2; });
  EXPECT_THAT(view.at("named"), SizeIs(1));
}

}  // namespace
}  // namespace mien::server
