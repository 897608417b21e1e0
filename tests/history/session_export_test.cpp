// What leaves a history as CSV and JSON.
#include "history/session_export.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;
using testing::Not;

class Export : public HistoryTest {
 protected:
  std::string csv(long long session) {
    std::string text;
    export_csv(history, session, [&](std::string_view piece) { text += piece; });
    return text;
  }
  std::string json(long long session) {
    std::string text;
    export_json(history, session, [&](std::string_view piece) { text += piece; });
    return text;
  }

  History history{file()};
};

TEST_F(Export, ARowPerParticipantAndSecond) {
  const auto id = history.begin({.name = "one, two", .started = 1.7e9});
  history.write(id, {.participants = {{.number = 1, .name = "=cmd()", .shown = true}},
                     .seconds = {some_second(1, 0, Expression::happy),
                                 some_second(1, 1, Expression::sad, 0.5)}});
  history.end(id, 1.7e9 + 2);
  EXPECT_EQ(csv(id),
            "session,name,participant,participant_name,second,length,seen,expression,uncertain,"
            "confidence,angry,disgust,fear,happy,sad,surprise,neutral\r\n"
            "1,\"one, two\",1,'=cmd(),0,1,1,happy,0,0.9,0.017,0.017,0.017,0.9,0.017,0.017,0.017\r\n"
            "1,\"one, two\",1,'=cmd(),1,1,0.5,sad,0,0.9,0.017,0.017,0.017,0.017,0.9,0.017,0.017"
            "\r\n");
}

TEST_F(Export, JsonHoldsAllOfIt) {
  const auto id = history.begin({.name = "x", .started = 1.7e9});
  history.write(
      id, {.participants = {{.number = 1, .name = "</script>\"", .shown = true}},
           .seconds = {some_second(1, 0, Expression::happy), some_second(1, 1, Expression::sad)},
           .events = {{.time = 0, .kind = EventKind::came, .participant = 1}}});
  history.end(id, 1.7e9 + 2);
  const auto object = nlohmann::json::parse(json(id));
  EXPECT_EQ(object.at("session").at("name"), "x");
  EXPECT_EQ(object.at("participants").at(0).at("name"), "</script>\"");
  EXPECT_EQ(object.at("seconds").size(), 2U);
  EXPECT_EQ(object.at("seconds").at(1).at("expression"), "sad");
  EXPECT_EQ(object.at("events").at(0).at("kind"), "came");
}

TEST_F(Export, OfAClassOnlyWhoAgreedAndTheGroup) {
  const auto id = history.begin({.name = "class", .kind = SessionKind::group, .started = 1.7e9});
  for (int i = 1; i <= 8; ++i) {
    history.write(
        id, {.participants = {{.number = i, .name = "Pupil" + std::to_string(i), .shown = i == 1}},
             .seconds = {some_second(i, 0, Expression::happy)}});
  }
  history.end(id, 1.7e9 + 1);
  const auto rows = csv(id);
  EXPECT_THAT(rows, HasSubstr(",1,Pupil1,0,"));
  EXPECT_THAT(rows, HasSubstr(",group,,0,1,8,"));
  EXPECT_THAT(rows, Not(HasSubstr("Pupil2")));
  const auto object = json(id);
  EXPECT_THAT(object, Not(HasSubstr("Pupil2")));
  EXPECT_EQ(nlohmann::json::parse(object).at("seconds").size(), 1U);
}

TEST_F(Export, ASessionThatThereIsNotIsSaid) { EXPECT_THROW(csv(17), Error); }

}  // namespace
}  // namespace mien
