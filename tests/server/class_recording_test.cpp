// What of classes, live clients and the server's own source is recorded, and what is taken back.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "class_fixture.h"
#include "history/history.h"
#include "made_video.h"

namespace mien::server {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Recorded = Class;

TEST_F(Recorded, IsRecordedWithItsStatementAndChosenNamesAlone) {
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

TEST_F(Recorded, WhatIsTakenBackIsInNoByte) {
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

TEST_F(Recorded, ANameThatIsNotToBeShownAnyMoreGoesFromTheDisk) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto ada = connect(opened.join("Quaggletree", true));
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") != std::string::npos; }));
  ada.send_text(R"({"shown":false})");
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") == std::string::npos; }));
}

TEST_F(Recorded, ALiveClientIsRecordedOnWishAndForgottenOnWish) {
  record();
  start();
  {
    auto ada = connect("/api/v1/live?record=Quaggletree");
    for (const auto* other : {R"({"forget":"x"})", R"({"forget":1})", R"({"forget":false})"}) {
      ada.send_text(other);
      EXPECT_EQ(next_with(ada, "error").at("error").at("status"), 400) << other;
    }
    ada.send_frame(some_jpeg());
    EXPECT_EQ(next_with(ada, "recording").at("recording").at("session"), 1);
    ada.send_text(R"({"forget":true})");
    next_with(ada, "forgotten");
    ada.send_frame(some_jpeg());
    next_with(ada, "faces");
    EXPECT_THAT(bytes(), Not(HasSubstr("Quaggletree")));
    auto bob = connect("/api/v1/live?record=Zanzibar");
    bob.send_frame(some_jpeg());
    next_with(bob, "recording");
    bob.send_text(R"({"reset":true})");
    bob.send_frame(some_jpeg());
    next_with(bob, "faces");
    connect("/api/v1/live?record=Nobody");  // without a frame it leaves nothing
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
  EXPECT_THAT(history.participants(sessions[0].id), SizeIs(2))
      << "after a reset it is another face";
}

TEST_F(Recorded, ALockedHistoryDelaysWhatIsWrittenAndTakenBack) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto ada = connect(opened.join("Quaggletree", true));
  const auto me = joined(ada);
  const auto key = me.at("key").get<std::string>();
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") != std::string::npos; }));
  SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), key), "500");
  other.exec("COMMIT");
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), key), "204") << "it can be asked for again";
  EXPECT_THAT(bytes(), Not(HasSubstr("Quaggletree")));
  EXPECT_EQ(ask_to_withdraw(opened, me.at("number"), key), "404");
}

TEST_F(Recorded, ALockThatEndsLosesNothing) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  auto ada = connect(opened.join("Ada", true));
  const auto send_for = [&](int seconds) {
    for (int i = 0; i < 2 * seconds; ++i) {
      ada.send_frame(some_jpeg());
      next_with(ada, "faces");
      std::this_thread::sleep_for(milliseconds(500));
    }
  };
  send_for(2);
  {
    SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    send_for(3);
    other.exec("COMMIT");
  }
  send_for(6);  // it is tried again after five seconds
  server.reset();
  const History history(file(), History::Use::look);
  EXPECT_GE(history.seconds(1).size(), 10U);
  EXPECT_FALSE(history.session(1)->interrupted);
}

TEST_F(Recorded, ALockedHistoryDoesNotHoldUpTheEnd) {
  record();
  start();
  std::vector<LiveClient> members;
  for (int i = 0; i < 5; ++i) {
    members.push_back(connect("/api/v1/live?record=me" + std::to_string(i)));
    members.back().send_frame(some_jpeg());
    next_with(members.back(), "recording");
  }
  SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto begun = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(4000));
  other.exec("COMMIT");
}

TEST_F(Recorded, ANameIsWipedAlsoWhenItsOwnerComesAgainHidden) {
  record();
  start();
  const auto opened = open(R"({"title":"Physics","record":true})");
  std::string key;
  {
    auto ada = connect(opened.join("Quaggletree", true));
    key = joined(ada).at("key");
    EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") != std::string::npos; }));
  }
  auto again = connect(opened.join("Quaggletree", false) + "&key=" + key);
  joined(again);
  EXPECT_TRUE(comes_true([&] { return bytes().find("Quaggletree") == std::string::npos; }));
}

TEST_F(Recorded, TheServersOwnSourceIsRecordedWithPicturesOnlyIfAskedFor) {
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

TEST_F(Recorded, WithoutRecordNothingIsRecorded) {
  start();
  EXPECT_EQ(connect("/api/v1/live?record=me").handshake().status, 400);
  EXPECT_THAT(bytes(), IsEmpty());
}

TEST_F(Recorded, FortyMembersLoseNothing) {
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
