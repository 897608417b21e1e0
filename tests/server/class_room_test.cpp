// A class by a clock of the test's own: what hosts and members are told.
#include "server/class_room.h"

#include <gmock/gmock.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "history/history.h"
#include "server/classes.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using nlohmann::json;
using testing::SizeIs;

class FakeVoice final : public LiveVoice {
 public:
  void tell(std::string text) override { told.push_back(json::parse(text)); }
  void finish(std::string reason) override { finished = std::move(reason); }

  std::vector<json> told;
  std::string finished;
};

FrameResult showing(Expression expression) {
  FrameResult result;
  Face face;
  face.track = 1;
  face.box = {10, 10, 60, 60};
  face.expression = expression;
  face.confidence = 0.9F;
  face.probabilities.fill(0.1F / 6);
  face.probabilities.at(static_cast<std::size_t>(expression)) = 0.9F;
  result.faces = {face};
  return result;
}

class Room : public testing::Test {
 protected:
  Room() : room_({.title = "Physics"}, {"pace", "all"}, "code", "key", nullptr) {
    room_.add_host(host_, 0, "http://localhost/join/code");
  }

  int join(const std::string& name = "Ada", bool shown = false) {
    voices_.emplace_back();
    return room_.join(name, shown, 0, voices_.back(), now_).number;
  }

  /// Twice a second everybody's result, and a tick.
  template <typename Shown>
  void go_on(double seconds, const Shown& shown) {
    for (const double end = now_ + seconds; now_ < end; now_ += 0.5) {
      for (int number = 1; number <= static_cast<int>(voices_.size()); ++number) {
        room_.take(number, voice(number), showing(shown(number)), now_);
      }
      room_.tick(now_);
    }
  }

  FakeVoice& voice(int number) { return voices_[static_cast<std::size_t>(number - 1)]; }

  std::vector<json> views() const {
    std::vector<json> found;
    for (const auto& text : host_.told) {
      if (text.contains("seen")) found.push_back(text);
    }
    return found;
  }

  FakeVoice host_;
  std::deque<FakeVoice> voices_;
  ClassRoom room_;
  double now_ = 0;
};

TEST_F(Room, FortyMembersAreAllSeenForTwoMinutes) {
  for (int i = 0; i < 40; ++i) join();
  go_on(120, [](int) { return Expression::happy; });
  const auto all = views();
  ASSERT_THAT(all, SizeIs(120));
  for (const auto& view : all) {
    EXPECT_EQ(view.at("seen"), 40);
    EXPECT_EQ(view.at("participants"), 40);
    EXPECT_EQ(view.at("group").at("happy"), 1);
    EXPECT_EQ(view.at("hint"), json());
  }
}

TEST_F(Room, ALastingChangeIsHintedAtFromItsBeginning) {
  for (int i = 0; i < 6; ++i) join();
  const auto shown = [this](int number) {
    return now_ >= 60 && number <= 3 ? Expression::sad : Expression::neutral;
  };
  go_on(60, shown);
  EXPECT_EQ(views().back().at("hint"), json());
  go_on(34, shown);
  const auto hint = views().back().at("hint");
  ASSERT_TRUE(hint.is_object());
  EXPECT_EQ(hint.at("share"), 0.5);
  EXPECT_NEAR(hint.at("since").get<double>(), 59, 3);
  EXPECT_THAT(hint.at("text").get<std::string>(), testing::HasSubstr("50%"));
}

TEST(RecordedRoom, AChangeIsNotedOnceHoweverTheGroupFlickers) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "history.db";
  HistoryWriter writer(file, [](const std::string&) {});
  std::deque<FakeVoice> voices;
  ClassRoom room({.title = "Physics", .record = true}, {"pace", "all"}, "code", "key",
                 writer.begin({.name = "Physics", .kind = SessionKind::group, .started = 1.7e9}));
  for (int i = 0; i < 6; ++i) {
    voices.emplace_back();
    room.join("Ada", false, 0, voices.back(), 0);
  }
  for (double now = 0; now < 110; now += 0.5) {
    for (int number = 1; number <= 6; ++number) {
      const bool is_away = number > 4 && now > 93 && now < 96;
      const auto shown = now >= 60 && number <= 3 ? Expression::sad : Expression::neutral;
      const auto& voice = voices[static_cast<std::size_t>(number - 1)];
      room.take(number, voice, is_away ? FrameResult() : showing(shown), now);
    }
    room.tick(now);
  }
  room.end(110);
  writer.finish();
  const History history(file, History::Use::look);
  int hints = 0;
  for (const auto& event : history.events(1)) hints += event.kind == EventKind::hint;
  EXPECT_EQ(hints, 1);
}

TEST_F(Room, ALongClassIsKeptMoreCoarsely) {
  for (int i = 0; i < 5; ++i) join();
  go_on(4000, [](int) { return Expression::neutral; });
  FakeVoice late;
  room_.add_host(late, now_, "");
  const auto& history = late.told.at(0).at("history");
  EXPECT_LE(history.size(), 1800U);
  EXPECT_GT(history.size(), 900U);
  EXPECT_EQ(history.at(0).at("time"), 0);
  EXPECT_GT(history.back().at("time").get<int>(), 3990);
}

TEST_F(Room, WhatIsShownIsComparedWithTheRest) {
  const int number = join();
  room_.take(number, voice(number), showing(Expression::neutral), now_);
  EXPECT_TRUE(room_.take_text(number, voice(number), R"({"rest":true})", now_));
  go_on(33, [](int) { return Expression::neutral; });
  EXPECT_EQ(voices_[0].told.at(0).at("rest").at("state"), "running");
  EXPECT_EQ(voices_[0].told.at(1).at("rest").at("state"), "done");
  const auto more = room_.take(number, voice(number), showing(Expression::happy), now_);
  const auto relative = json::parse("{\"a\":1" + more + "}").at("relative");
  EXPECT_NEAR(relative.at("happy").get<double>(), 0.9 - 0.1 / 6, 1e-3);
  EXPECT_NEAR(relative.at("neutral").get<double>(), 0.1 / 6 - 0.9, 1e-3);
}

TEST_F(Room, ARestWithoutAFaceFails) {
  const int number = join();
  EXPECT_TRUE(room_.take_text(number, voice(number), R"({"rest":true})", now_));
  for (; now_ < 40; now_ += 0.5) room_.tick(now_);
  EXPECT_EQ(voices_[0].told.back().at("rest").at("state"), "failed");
}

TEST_F(Room, WhoPausesIsNotCounted) {
  for (int i = 0; i < 5; ++i) {
    const int number = join();
    EXPECT_TRUE(room_.take_text(number, voice(number), R"({"mood":"sad"})", now_));
  }
  room_.tick(now_);
  EXPECT_EQ(views().back().at("reports").at("sad"), 5);
  EXPECT_TRUE(room_.take_text(1, voice(1), R"({"pause":true})", now_));
  now_ += 1;
  room_.tick(now_);
  EXPECT_EQ(views().back().at("reports"), json());
}

TEST_F(Room, TextsAreUnderstoodOrNot) {
  const int number = join();
  for (const auto* good : {R"({"here":true})", R"({"mood":"fear"})", R"({"pause":true})",
                           R"({"pause":false})", R"({"shown":true})"}) {
    EXPECT_TRUE(room_.take_text(number, voice(number), good, 0)) << good;
  }
  for (const auto* bad :
       {"", "{}", "[]", "7", R"({"mood":"bored"})", R"({"mood":1})", R"({"here":false})",
        R"({"rest":false})", R"({"pause":1})", R"({"here":true,"mood":"sad"})", "\xFF"}) {
    EXPECT_FALSE(room_.take_text(number, voice(number), bad, 0)) << bad;
  }
  EXPECT_FALSE(room_.take_text(number + 1, voice(number), R"({"here":true})", 0));
  EXPECT_FALSE(room_.take_text(number, host_, R"({"here":true})", 0)) << "of another voice";
}

TEST_F(Room, WhoWithdrewIsNoPartOfIt) {
  for (int i = 0; i < 5; ++i) join();
  go_on(3, [](int) { return Expression::sad; });
  EXPECT_EQ(views().back().at("seen"), 5);
  room_.withdraw(2);
  EXPECT_NE(voices_[1].finished, "");
  EXPECT_EQ(room_.number_of(room_.find(2)->key), std::nullopt);
  room_.forget(2);
  EXPECT_EQ(room_.take(2, voice(2), showing(Expression::sad), now_), "");
  room_.leave(2, voices_[1], now_);
  now_ += 1;
  room_.tick(now_);
  EXPECT_EQ(views().back().at("seen"), 4);
  EXPECT_EQ(room_.find(2), nullptr);
}

TEST_F(Room, AfterTheEndNothingIsTaken) {
  join();
  room_.end(5);
  EXPECT_EQ(host_.told.back(), json({{"ended", true}}));
  EXPECT_NE(voices_[0].finished, "");
  const auto count = host_.told.size();
  room_.take(1, voice(1), showing(Expression::sad), 6);
  EXPECT_FALSE(room_.take_text(1, voice(1), R"({"mood":"sad"})", 6));
  room_.tick(7);
  EXPECT_EQ(host_.told.size(), count);
}

TEST(ClassLimits, SoManyMembersAndNoMore) {
  std::deque<FakeVoice> voices;  // a class speaks to them until its end
  Classes classes({.statement = {"pace", "all"}, .link_base = "", .most_members = 3});
  const auto* room = classes.open({.title = "Physics"});
  ASSERT_NE(room, nullptr);
  Request request;
  request.path = "/api/v1/classes/" + room->code() + "/join";
  request.query = {{"name", "Ada"}};
  std::vector<std::unique_ptr<LiveListener>> members;
  for (int i = 0; i < 3; ++i) {
    auto connected = classes.connect(request);
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<LiveListener>>(connected));
    members.push_back(std::move(std::get<std::unique_ptr<LiveListener>>(connected)));
    voices.emplace_back();
    members.back()->begin(voices.back());
  }
  const auto refused = classes.connect(request);
  ASSERT_TRUE(std::holds_alternative<Response>(refused));
  EXPECT_EQ(static_cast<int>(std::get<Response>(refused).status), 503);
  members.back()->end();
  EXPECT_FALSE(std::holds_alternative<Response>(classes.connect(request)));
}

}  // namespace
}  // namespace mien::server
