// The pages on recorded sessions: what they say, what they keep to themselves, and that they need
// nothing else.
#include "history/session_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <regex>

#include "history/session_text.h"
#include "made_history.h"
#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kStarted = 1'800'000'000;  // 2027-01-15 08:00 UTC
constexpr double kWeek = 7 * 86400;

class SessionReportTest : public HistoryTest {
 protected:
  long long begin(SessionInfo info) {
    if (info.started == 0) info.started = kStarted;
    return history_.begin(info);
  }

  void add(long long session, Participant participant, long long from, long long to,
           Expression expression) {
    participant.first = static_cast<double>(from);
    participant.last = static_cast<double>(to);
    SessionBatch batch;
    batch.participants.push_back(participant);
    for (auto second = from; second < to; ++second) {
      batch.seconds.push_back(some_second(participant.number, second, expression));
    }
    history_.write(session, batch);
  }

  void add(long long session, const SessionEvent& event) {
    SessionBatch batch;
    batch.events.push_back(event);
    history_.write(session, batch);
  }

  /// Two minutes of one person: the first one happy, the second one sad.
  long long single(const std::string& name = "Ada", SessionKind kind = SessionKind::live) {
    const auto session =
        begin({.name = "Talk", .kind = kind, .source = "browser", .model = "base"});
    add(session, {.number = 1, .name = name, .shown = true}, 0, 60, Expression::happy);
    add(session, {.number = 1, .name = name, .shown = true}, 60, 120, Expression::sad);
    add(session, {.time = 60,
                  .kind = EventKind::change,
                  .participant = 1,
                  .from = Expression::happy,
                  .to = Expression::sad});
    history_.end(session, kStarted + 120);
    return session;
  }

  /// Six in a class, of whom Ada agreed to be shown.
  long long group() {
    const auto session = begin({.name = "Class 7",
                                .kind = SessionKind::group,
                                .purpose = "a study of pain",
                                .agreed = "all six"});
    for (int i = 1; i <= 6; ++i) {
      add(session,
          {.number = i, .name = i == 1 ? "Ada" : fmt::format("Secret{}", i), .shown = i == 1}, 0,
          90, i < 4 ? Expression::happy : Expression::neutral);
    }
    add(session, {.time = 30, .kind = EventKind::mark, .text = "a <b>task</b>"});
    add(session, {.time = 60, .kind = EventKind::hint, .text = "tired since 0:50"});
    history_.end(session, kStarted + 90);
    return session;
  }

  std::string report(long long session, const SessionReportOptions& options = {}) {
    return report_of(history_, {session}, options);
  }

  History history_{file()};
};

void expect_needs_nothing_else(const std::string& html) {
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  const std::regex source("(src|href)=\"([^\"]{0,30})");
  for (std::sregex_iterator found(html.begin(), html.end(), source), end; found != end; ++found) {
    EXPECT_THAT((*found)[2].str(), testing::AnyOf(testing::StartsWith("data:image/jpeg;base64,"),
                                                  testing::StartsWith("#session-")));
  }
}

/// Every element that is begun is ended, in order.
void expect_well_formed(const std::string& html) {
  const std::regex tag("<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>");
  const std::string begin = "<body>";
  std::vector<std::string> open;
  const auto from = html.begin() + static_cast<std::ptrdiff_t>(html.find(begin));
  for (std::sregex_iterator found(from, html.end(), tag), end; found != end; ++found) {
    const auto name = (*found)[2].str();
    if (name == "br" || name == "img" || (*found)[3].length() > 0 || name == "html") continue;
    if ((*found)[1].length() == 0) {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      ASSERT_EQ(open.back(), name) << html.substr(static_cast<std::size_t>(found->position()), 200);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(SessionReportTest, SaysAllOfASinglePerson) {
  const auto session = single();
  SessionBatch batch;
  batch.participants.push_back({.number = 1,
                                .name = "Ada",
                                .shown = true,
                                .last = 120,
                                .rest = Probabilities{0, 0, 0, 0.2F, 0.1F, 0, 0.7F}});
  batch.events.push_back(
      {.time = 80, .kind = EventKind::mood, .participant = 1, .to = Expression::surprise});
  batch.key_frames.push_back({.time = 61,
                              .participant = 1,
                              .expression = Expression::sad,
                              .until = 120,
                              .jpeg = {1, 2, 3}});
  batch.key_frames.push_back({.time = 5,
                              .participant = 1,
                              .expression = Expression::happy,
                              .until = 60,
                              .jpeg = {4, 5, 6}});
  history_.write(session, batch);
  const auto html = report(session);
  for (const auto* part :
       {"<title>Talk</title>", "<h1>Talk</h1>", "2027-01-15 08:00 UTC", "2 min", "browser", "base",
        "<h2>Ada</h2>", "Seen for 2 min between 0:00 and 2:00; 1 change, 0.5 a minute.",
        R"(<path class="happy" d="M0 0h5000v1000h-5000z"/>)",
        R"(<path class="sad" d="M5000 0h5000v1000h-5000z"/>)",
        R"(<th scope="row">1:00</th><td>happy</td><td>sad</td>)", "<li>1:20 surprise</li>",
        "against rest", "<td>20.0%</td><td>+25.8</td>", "<td>70.0%</td><td>-68.3</td>",
        R"(alt="A face at 1:01 sad")", "A face&#39;s look is not a feeling", "Article 5(1)(f)"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_LT(html.find("BAUG"), html.find("AQID")) << "key frames stand in order";
  EXPECT_THAT(html, Not(HasSubstr("Indicators")));
  EXPECT_THAT(html, Not(HasSubstr("The class")));
  expect_needs_nothing_else(html);
  expect_well_formed(html);
}

TEST_F(SessionReportTest, OfAClassTheGroupComesFirstAndOnlyThoseWhoAgreed) {
  const auto session = group();
  SessionBatch batch;
  for (const int participant : {1, 4}) {
    batch.key_frames.push_back({.time = 5, .participant = participant, .jpeg = {1, 2, 3}});
    batch.events.push_back({.time = 6,
                            .kind = EventKind::change,
                            .participant = participant,
                            .from = Expression::neutral,
                            .to = Expression::disgust});
    batch.events.push_back(
        {.time = 7, .kind = EventKind::mood, .participant = participant, .to = Expression::fear});
  }
  history_.write(session, batch);
  const auto html = report(session, {.indicators = true});
  for (const auto* part : {"a study of pain", "all six", "<dt>Participants</dt><dd>6</dd>",
                           "<dt>Shown by name</dt><dd>1</dd>", "happy 50%", "tired since 0:50",
                           "a &lt;b&gt;task&lt;/b&gt;", "where they were at least 5"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_LT(html.find("<h2>The class</h2>"), html.find("<h2>Ada</h2>"));
  EXPECT_THAT(html, Not(HasSubstr("Secret")));
  EXPECT_THAT(html, Not(HasSubstr("Participant 4")));
  const auto count = [&](const std::string& text) {
    int found = 0;
    for (auto at = html.find(text); at != std::string::npos; at = html.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("<img"), 1);
  EXPECT_EQ(count("<td>neutral</td><td>disgust</td>"), 1);
  EXPECT_EQ(count("0:07 fear"), 1);
  EXPECT_EQ(count(R"(text-anchor="middle">2</text>)"), 2) << "the hint, above both time lines";
  expect_needs_nothing_else(html);
  expect_well_formed(html);
}

TEST_F(SessionReportTest, ASmallClassIsNotShown) {
  const auto session = begin({.kind = SessionKind::group});
  for (int i = 1; i <= 4; ++i) {
    add(session, {.number = i, .name = "Secret"}, 0, 60, Expression::disgust);
  }
  history_.end(session, kStarted + 60);
  const auto html = report(session, {.indicators = true});
  EXPECT_THAT(html, HasSubstr("fewer than 5 were seen"));
  EXPECT_THAT(html, HasSubstr("There is nobody who may be shown."));
  EXPECT_THAT(html, HasSubstr("<dt>Most shown</dt><dd>none</dd>"));
  EXPECT_THAT(html, Not(HasSubstr("Secret")));
  EXPECT_THAT(html, Not(HasSubstr("100%</td>")));
}

TEST_F(SessionReportTest, EscapesAllTexts) {
  const std::string bad = "<script>alert(1)</script>";
  const auto session = begin({.name = bad,
                              .kind = SessionKind::group,
                              .source = bad,
                              .model = bad,
                              .purpose = bad,
                              .agreed = bad});
  for (int i = 1; i <= 5; ++i) {
    add(session, {.number = i, .name = bad, .shown = true}, 0, 90, Expression::sad);
  }
  add(session, {.time = 1, .kind = EventKind::mark, .text = bad});
  add(session, {.time = 1,
                .kind = EventKind::episode,
                .participant = 1,
                .until = 20,
                .text = to_json(Episode{1, 20, 0, 20, 0})});
  history_.end(session, kStarted + 90);
  for (const auto& html : {report(session, {.indicators = true}),
                           report_of(history_, {session, session}, {.indicators = true}),
                           course_of(history_, bad, {.indicators = true})}) {
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    expect_needs_nothing_else(html);
    expect_well_formed(html);
  }
}

TEST_F(SessionReportTest, LongTextsAreCut) {
  const std::string text(10'000, 'W');
  const auto session = begin({.name = text, .source = text, .model = text});
  add(session, {.number = 1, .name = text}, 0, 90, Expression::sad);
  add(session, {.time = 1, .kind = EventKind::mark, .text = text});
  history_.end(session, kStarted + 90);
  for (const auto& html : {report(session, {.indicators = true}),
                           report_of(history_, {session, session}), course_of(history_, text)}) {
    EXPECT_THAT(html, Not(HasSubstr(std::string(300, 'W'))));
    EXPECT_THAT(html, HasSubstr("WW…"));
  }
}

TEST_F(SessionReportTest, AnEmptySessionSaysSo) {
  const auto session = begin({.name = "", .source = "empty.mp4"});
  history_.end(session, kStarted);
  const auto html = report(session, {.indicators = true});
  EXPECT_THAT(html, HasSubstr("<h1>Session 1</h1>"));
  EXPECT_THAT(html, HasSubstr("No face was seen in this session."));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  expect_well_formed(html);
}

TEST_F(SessionReportTest, WhatWasNeverSeenSaysSo) {
  const auto session = begin({.kind = SessionKind::analysis});
  SessionBatch batch;
  batch.participants.push_back({.number = 4, .first = 1, .last = 1});
  history_.write(session, batch);
  const auto html = report(session);
  EXPECT_THAT(html, HasSubstr("<h2>Face 4</h2>"));
  EXPECT_THAT(html, HasSubstr("The face was not seen."));
  EXPECT_THAT(html, HasSubstr("still being recorded"));
  expect_well_formed(html);
}

TEST_F(SessionReportTest, OfManyChangesThoseBetweenLongStretchesAreListed) {
  const auto session = begin({.kind = SessionKind::live});
  add(session, {.number = 1}, 0, 3000, Expression::neutral);
  SessionBatch batch;
  for (int i = 0; i < 40; ++i) {  // the 21st has long stretches around it
    batch.events.push_back({.time = 10.0 * i + (i >= 20 ? 1000 : 0) + (i > 20 ? 1000 : 0),
                            .kind = EventKind::change,
                            .participant = 1,
                            .from = Expression::neutral,
                            .to = Expression::happy});
  }
  history_.write(session, batch);
  const auto html = report(session);
  EXPECT_THAT(html, HasSubstr("12 of 40: those between the longest stretches."));
  EXPECT_THAT(html, HasSubstr(R"(<th scope="row">20:00</th><td>neutral</td>)"));
}

TEST_F(SessionReportTest, IndicatorsComeWithTheirCutOffsAndTheNotice) {
  const auto session = single();
  auto html = report(session, {.indicators = true});
  EXPECT_THAT(html, HasSubstr(std::string(kIndicatorNotice)));
  EXPECT_THAT(html, HasSubstr("Moderate from 25% of the seen time"));
  EXPECT_THAT(html, HasSubstr("high from 50%"));
  EXPECT_THAT(html, HasSubstr("less than 1 min."));
  EXPECT_THAT(html, HasSubstr(R"(<th scope="row">Ada</th><td>high</td><td>2 min</td>)"));
  EXPECT_THAT(html, HasSubstr("Episodes were not looked for"));
  add(session, {.time = 60,
                .kind = EventKind::episode,
                .participant = 1,
                .until = 119,
                .text = to_json(Episode{60, 119, 3, 50, 7})});
  html = report(session, {.indicators = true, .cut_offs = {.high_share = 0.6}});
  EXPECT_THAT(html, HasSubstr(R"(<th scope="row">Ada</th><td>moderate</td>)"));
  EXPECT_THAT(html, HasSubstr("high from 60%"));
  EXPECT_THAT(html, HasSubstr("<td>1:00</td><td>1:59</td><td>less</td><td>3</td><td>50</td>"));
  EXPECT_THAT(report(session), Not(HasSubstr("Episodes")));
}

TEST_F(SessionReportTest, ADamagedEpisodeIsAnError) {
  const auto session = single();
  add(session, {.time = 60, .kind = EventKind::episode, .participant = 1, .text = "{}"});
  try {
    report(session, {.indicators = true});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
  }
  EXPECT_NO_THROW(report(session));
}

TEST_F(SessionReportTest, SeveralSessionsAreCompared) {
  const auto first = single();
  const auto second = group();
  const auto html = report_of(history_, {first, second});
  EXPECT_THAT(html, HasSubstr("<h1>2 sessions</h1>"));
  EXPECT_THAT(html, HasSubstr(R"(<a href="#session-1">Talk</a></th><td class="bars">)"));
  EXPECT_THAT(html, HasSubstr(R"(<article id="session-2"><h2 class="session">Class 7</h2>)"));
  EXPECT_THAT(html, HasSubstr("<h3>Ada</h3>"));
  EXPECT_THAT(html, HasSubstr("<h4>Shares</h4>"));
  EXPECT_THAT(report(first), Not(HasSubstr("compared")));
  expect_needs_nothing_else(html);
  expect_well_formed(html);
  EXPECT_THROW(report_of(history_, {first, 99}), Error);
}

TEST_F(SessionReportTest, ADayOfThirtyIsQuick) {
  const auto session = begin({.name = "Day", .kind = SessionKind::stream});
  SessionBatch batch;
  for (int number = 1; number <= 30; ++number) {
    batch.participants.push_back({.number = number, .last = 86400});
    for (long long minute = 0; minute < 1440; ++minute) {
      batch.seconds.push_back(some_second(number, 60 * minute, Expression::happy));
    }
  }
  history_.write(session, batch);
  history_.end(session, kStarted + 86400);
  const auto before = std::chrono::steady_clock::now();
  const auto html = report(session, {.indicators = true});
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
  EXPECT_LT(html.size(), 4'000'000U);
  EXPECT_THAT(html, HasSubstr("<h2>Face 30</h2>"));
  EXPECT_THAT(html, HasSubstr(">24:00 h</text>"));
}

class CourseReportTest : public SessionReportTest {
 protected:
  /// Weekly sessions of a minute and a half, in which so many seconds are sad and the rest is
  /// happy.
  void weeks(const std::vector<int>& sad) {
    for (std::size_t i = 0; i < sad.size(); ++i) {
      const double started = kStarted + static_cast<double>(i) * kWeek;
      const auto session = begin(
          {.name = fmt::format("Week {}", i + 1), .kind = SessionKind::live, .started = started});
      add(session, {.number = 1, .name = "Mary"}, 0, sad[i], Expression::sad);
      add(session, {.number = 1, .name = "Mary"}, sad[i], 100, Expression::happy);
      add(session, {.number = 2, .name = "Other"}, 0, 100, Expression::disgust);
      history_.end(session, started + 100);
    }
  }
};

TEST_F(CourseReportTest, HasATableATrendAndItsUncertainty) {
  // The numbers of the trend found by hand in indicators_test.cpp, as tenths.
  weeks({20, 40, 50, 40, 50});
  const auto html = course_of(history_, "Mary", {.indicators = true});
  for (const auto* part :
       {"<h1>Mary over time</h1>", "5 sessions, 2027-01-15 to 2027-02-12",
        "It grows by 6.0 points a week (95% interval -3.0 to 15.0): may be chance.",
        "It falls by 6.0 points a week (95% interval -15.0 to 3.0): may be chance.",
        "2027-01-22<br><small>Week 2</small>",
        "<td>40%</td><td>60%</td><td>0.6</td><td>moderate</td>", R"(<polygon class="band")",
        R"(<polyline class="guide")", "weeks since 2027-01-15"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, HasSubstr(std::string(kIndicatorNotice)));
  EXPECT_THAT(html, HasSubstr("Article 5(1)(f)"));
  EXPECT_THAT(html, Not(HasSubstr("Other")));
  expect_needs_nothing_else(html);
  expect_well_formed(html);
  EXPECT_THAT(course_of(history_, "Mary"), Not(HasSubstr("moderate")));
}

TEST_F(CourseReportTest, ATrendThatIsClearSaysSo) {
  weeks({60, 51, 40, 31, 20});
  EXPECT_THAT(course_of(history_, "Mary"), HasSubstr("unlikely by chance alone"));
}

TEST_F(CourseReportTest, NeedsThreeSessionsForATrend) {
  weeks({60, 50});
  const auto html = course_of(history_, "Mary");
  EXPECT_THAT(html, HasSubstr("A trend needs three sessions at least"));
  EXPECT_THAT(html, Not(HasSubstr(R"(class="band")")));
}

TEST_F(CourseReportTest, SessionsThatSayNothingAreNotInTheTrend) {
  weeks({20, 40, 50, 40, 50});
  const auto session = begin({.name = "Short", .kind = SessionKind::live, .started = kStarted});
  add(session, {.number = 1, .name = "Mary"}, 0, 30, Expression::sad);
  const auto html = course_of(history_, "Mary");
  EXPECT_THAT(html, HasSubstr("It grows by 6.0 points a week"));
  EXPECT_THAT(html, HasSubstr("<small>Short</small>"));
  EXPECT_THAT(html, HasSubstr("1 session in which the face was seen for less than 1 min is"));
}

TEST_F(CourseReportTest, WhoCameTwiceIsOnePerson) {
  const auto session = begin({.kind = SessionKind::live});
  add(session, {.number = 1, .name = "Mary"}, 0, 60, Expression::sad);
  add(session, {.number = 2, .name = "Mary"}, 90, 150, Expression::happy);
  const auto html = course_of(history_, "Mary");
  EXPECT_THAT(html, HasSubstr("1 session, "));
  EXPECT_THAT(html, HasSubstr("<td>2 min</td>"));
  EXPECT_THAT(html, HasSubstr("<td>50%</td><td>50%</td>"));
}

TEST_F(CourseReportTest, WhoIsNotShownHasNone) {
  group();
  single("");
  EXPECT_NO_THROW(course_of(history_, "Ada"));
  for (const auto* name : {"Secret2", "Nobody", "", "ada"}) {
    try {
      course_of(history_, name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::input);
      EXPECT_THAT(error.what(), HasSubstr(fmt::format("'{}'", name)));
    }
  }
}

TEST(SessionText, SaysTimesAsOneReadsThem) {
  EXPECT_EQ(clock_text(0), "0:00");
  EXPECT_EQ(clock_text(65.9), "1:05");
  EXPECT_EQ(clock_text(3600), "1:00:00");
  EXPECT_EQ(clock_text(-1), "0:00");
  EXPECT_EQ(length_text(59.4), "59 s");
  EXPECT_EQ(length_text(60), "1 min");
  EXPECT_EQ(length_text(750), "12 min 30 s");
  EXPECT_EQ(length_text(3599.7), "1 h");
  EXPECT_EQ(length_text(3690), "1 h 2 min");
  EXPECT_EQ(length_text(7199), "2 h");
  EXPECT_EQ(date_text(kStarted), "2027-01-15 08:00 UTC");
  EXPECT_EQ(date_text(0), "1970-01-01 00:00 UTC");
  EXPECT_EQ(day_text(-1), "1969-12-31");
  EXPECT_EQ(day_text(1e300), "9999-12-31");
  EXPECT_EQ(day_text(std::nan("")), "1970-01-01");
}

TEST(SessionText, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc…");
  EXPECT_EQ(shortened("äöüß", 4), "äöüß");
  EXPECT_EQ(shortened("äöüß", 3), "äöü…");
  EXPECT_EQ(shortened("", 3), "");
}

}  // namespace
}  // namespace mien
