// Classes against the real server, with a stub analyzer: who sees what of whom.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "history/history.h"
#include "made_video.h"
#include "running_server.h"

namespace mien::server {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct Opened {
  std::string code;
  std::string key;

  std::string path() const { return "/api/v1/classes/" + code; }
  std::string host() const { return path() + "/host?key=" + key; }
  std::string join(const std::string& name, bool shown = false) const {
    return path() + "/join?name=" + name + "&shown=" + (shown ? "yes" : "no");
  }
};

class Class : public RunningServer {
 protected:
  Class() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mien-class-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.classes = ClassStatement{"to see the pace", "all of 9b"};
  }
  ~Class() override {
    server.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::filesystem::path file() const { return folder / "history.db"; }
  void record() { options.record = file(); }

  std::string bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  RawAnswer post_class(const std::string& body) const {
    return ask(post("/api/v1/classes", "application/json", body));
  }
  Opened open(const std::string& body = R"({"title":"Physics"})") const {
    const auto answer = post_class(body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const auto made = json::parse(answer.body);
    return {made.at("code"), made.at("key")};
  }
  LiveClient connect(const std::string& path) const { return LiveClient(server->port(), path); }

  /// The next text that has that member.
  static json next_with(LiveClient& client, const std::string& member) {
    for (int i = 0; i < 50; ++i) {
      const auto message = client.receive();
      if (!message || message->kind != 1) break;
      auto text = json::parse(message->bytes);
      if (text.contains(member)) return text;
    }
    ADD_FAILURE() << "nothing with " << member;
    return json::object();
  }
  static json joined(LiveClient& member) { return next_with(member, "joined").at("joined"); }

  /// A view of the host's that comes true.
  template <typename Is>
  static json view_where(LiveClient& host, const Is& is) {
    for (int i = 0; i < 20; ++i) {
      auto view = next_with(host, "participants");
      if (is(view)) return view;
    }
    ADD_FAILURE() << "it never came true";
    return json::object();
  }

  std::string ask_to_withdraw(const Opened& opened, int number, const std::string& key) const {
    const auto answer = ask("DELETE " + opened.path() + "/participants/" + std::to_string(number) +
                            " HTTP/1.1\r\nHost: localhost\r\nX-Mien-Key: " + key + "\r\n\r\n");
    return std::to_string(answer.status);
  }

  std::filesystem::path folder;
};

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
  EXPECT_EQ(post_class(R"({"title":")" + std::string(10'000, 'a') + "\"}").status, 413);
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

TEST_F(Class, IsRecordedWithItsStatementAndChosenNamesAlone) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto host = connect(opened.host());
  auto ada = connect(opened.join("Quaggletree", true));
  auto bob = connect(opened.join("Zanzibar"));
  for (int i = 0; i < 6; ++i) {
    for (auto* member : {&ada, &bob}) {
      member->send_frame(some_jpeg());
      next_with(*member, "faces");
    }
    std::this_thread::sleep_for(milliseconds(450));
  }
  ada.send_text(R"({"mood":"sad"})");
  next_with(ada, "mood");
  host.send_text(R"({"mark":"Slide 3"})");
  host.send_text(R"({"end":true})");
  next_with(host, "ended");
  server.reset();
  EXPECT_THAT(bytes(), Not(HasSubstr("Zanzibar")));
  const History history(file(), History::Use::look);
  const auto session = history.session(1).value();
  EXPECT_EQ(session.name, "Physics");
  EXPECT_EQ(session.kind, SessionKind::group);
  EXPECT_EQ(session.purpose, "to see the pace");
  EXPECT_EQ(session.agreed, "all of 9b");
  EXPECT_FALSE(session.interrupted);
  ASSERT_TRUE(session.ended.has_value());
  const auto participants = history.participants(1);
  ASSERT_THAT(participants, SizeIs(2));
  EXPECT_EQ(participants[0].name, "Quaggletree");
  EXPECT_TRUE(participants[0].shown);
  EXPECT_EQ(participants[1].name, "");
  EXPECT_GE(history.seconds(1, 2).size(), 2U);
  std::vector<std::string> kinds;
  for (const auto& event : history.events(1)) kinds.emplace_back(name(event.kind));
  EXPECT_THAT(kinds, testing::IsSupersetOf({"came", "came", "mood", "mark"}));
}

TEST_F(Class, WhatIsTakenBackIsInNoByte) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto ada = connect(opened.join("Quaggletree", true));
  auto bob = connect(opened.join("Zanzibar", true));
  const auto me = joined(ada);
  for (int i = 0; i < 4; ++i) {
    for (auto* member : {&ada, &bob}) {
      member->send_frame(some_jpeg());
      next_with(*member, "faces");
    }
    std::this_thread::sleep_for(milliseconds(450));
  }
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") != std::string::npos; }));
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), std::string(32, '0')), "403");
  EXPECT_EQ(ask_to_withdraw(opened, 77, me.at("key")), "404");
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), me.at("key")), "204");
  EXPECT_THAT(bytes(), Not(HasSubstr("Quaggletree")));
  EXPECT_THAT(bytes(), HasSubstr("Zanzibar"));
  EXPECT_TRUE(ada.raw().is_ended_within(milliseconds(3000)));
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), me.at("key")), "404");
  server.reset();
  EXPECT_THAT(bytes(), Not(HasSubstr("Quaggletree")));
}

TEST_F(Class, ANameThatIsNotToBeShownAnyMoreGoesFromTheDisk) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto ada = connect(opened.join("Quaggletree", true));
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") != std::string::npos; }));
  ada.send_text(R"({"shown":false})");
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") == std::string::npos; }));
}

TEST_F(Class, ALiveClientIsRecordedOnWishAndForgottenOnWish) {
  record();
  start();
  {
    auto ada = connect("/api/v1/live?record=Quaggletree");
    EXPECT_EQ(next_with(ada, "recording").at("recording").at("session"), 1);
    ada.send_frame(some_jpeg());
    next_with(ada, "faces");
    ada.send_text(R"({"forget":true})");
    next_with(ada, "forgotten");
    ada.send_frame(some_jpeg());
    next_with(ada, "faces");
    EXPECT_THAT(bytes(), Not(HasSubstr("Quaggletree")));
    auto bob = connect("/api/v1/live?record=Zanzibar");
    next_with(bob, "recording");
    bob.send_frame(some_jpeg());
    next_with(bob, "faces");
  }
  EXPECT_EQ(connect("/api/v1/live?record=").handshake().status, 400);
  EXPECT_TRUE(comes_true([this] { return metric("mien_live_clients") == 0; }));
  server.reset();
  const History history(file(), History::Use::look);
  const auto sessions = history.sessions();
  ASSERT_THAT(sessions, SizeIs(1));
  EXPECT_EQ(sessions[0].name, "Zanzibar");
  EXPECT_EQ(sessions[0].kind, SessionKind::live);
  EXPECT_TRUE(sessions[0].ended.has_value());
  EXPECT_FALSE(sessions[0].interrupted);
}

TEST_F(Class, TheServersOwnSourceIsRecordedWithPicturesOnlyIfAskedFor) {
  record();
  options.recording.episodes = StreakOptions{};
  stub.shows = {{Expression::sad, 1}};
  const auto video = folder / "door.mp4";
  test::write_video(video, 24);
  options.source = video.string();
  for (const bool pictures : {false, true}) {
    if (pictures) options.key_frames = KeyFrameOptions{};
    start();
    std::this_thread::sleep_for(milliseconds(3500));  // the video begins anew meanwhile
    server.reset();
    const History history(file(), History::Use::look);
    const auto session = history.sessions().back();
    EXPECT_EQ(session.kind, SessionKind::stream);
    EXPECT_EQ(session.source, "door.mp4");
    EXPECT_TRUE(session.ended.has_value());
    EXPECT_THAT(history.participants(session.id), SizeIs(2)) << "other faces after the beginning";
    EXPECT_GE(history.seconds(session.id).size(), 3U);
    EXPECT_EQ(history.key_frames(session.id).empty(), !pictures);
    const auto events = history.events(session.id);
    EXPECT_THAT(events, testing::Contains(testing::Field(&SessionEvent::kind, EventKind::episode)));
  }
}

TEST_F(Class, WithoutRecordNothingIsRecorded) {
  start();
  EXPECT_EQ(connect("/api/v1/live?record=me").handshake().status, 400);
  EXPECT_THAT(bytes(), IsEmpty());
}

TEST_F(Class, FortyMembersLoseNothing) {
  record();
  start();
  const auto opened = open(R"({"title":"Forty","record":true})");
  auto host = connect(opened.host());
  std::vector<LiveClient> members;
  for (int i = 0; i < 40; ++i) members.push_back(connect(opened.join("m" + std::to_string(i))));
  const auto jpeg = some_jpeg();
  int answered = 0;
  for (int round = 0; round < 6; ++round) {
    for (auto& member : members) member.send_frame(jpeg);
    for (auto& member : members) answered += next_with(member, "faces").at("faces").size() == 1;
    std::this_thread::sleep_for(milliseconds(300));
  }
  EXPECT_EQ(answered, 240);
  const auto view = view_where(host, [](const json& now) { return now.at("seen") == 40; });
  EXPECT_EQ(view.at("group").at("happy"), 1);
  server.reset();
  const History history(file(), History::Use::look);
  EXPECT_THAT(history.participants(1), SizeIs(40));
  for (int number = 1; number <= 40; ++number) {
    EXPECT_GE(history.seconds(1, number).size(), 2U) << number;
  }
}

}  // namespace
}  // namespace mien::server
