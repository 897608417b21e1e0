// Streaks, shares over a session and trends over weeks, each against numbers found by hand.
#include "history/indicators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// One result a second: a letter each, a point for none, < where the times begin anew.
std::vector<std::pair<double, Expression>> results(std::string_view text) {
  std::vector<std::pair<double, Expression>> all;
  double time = -1;
  for (const char c : text) {
    time += 1;
    switch (c) {
      case 'a':
        all.emplace_back(time, Expression::angry);
        break;
      case 's':
        all.emplace_back(time, Expression::sad);
        break;
      case 'f':
        all.emplace_back(time, Expression::fear);
        break;
      case 'd':
        all.emplace_back(time, Expression::disgust);
        break;
      case 'h':
        all.emplace_back(time, Expression::happy);
        break;
      case '<':
        time = -1;  // the times begin anew
        break;
      default:  // nothing was seen
        break;
    }
  }
  return all;
}

/// "begin-end level" of each episode.
std::string episodes(std::string_view text, const StreakOptions& options = {}) {
  StreakRule rule(options);
  std::string found;
  const auto note = [&](const std::optional<Episode>& episode) {
    if (!episode) return;
    if (!found.empty()) found += ", ";
    found += std::to_string(std::lround(episode->begin)) + "-" +
             std::to_string(std::lround(episode->end)) + " " + std::string(name(episode->level()));
  };
  for (const auto& [time, expression] : results(text)) note(rule.add(time, expression));
  note(rule.finish());
  EXPECT_FALSE(rule.finish()) << "an episode is given once";
  return found;
}

struct Case {
  std::string_view results;
  std::string_view episodes;
};

class Streaks : public testing::TestWithParam<Case> {};

TEST_P(Streaks, AreFoundAsByHand) { EXPECT_EQ(episodes(GetParam().results), GetParam().episodes); }

INSTANTIATE_TEST_SUITE_P(
    Table, Streaks,
    testing::Values(Case{"", ""}, Case{"hhhhhh", ""}, Case{"ssss", ""},  // four
                    Case{"sssss", "0-4 less"},                           // exactly five
                    Case{"hsssssh", "1-5 less"},                         // ended by another
                    Case{"fffff", "0-4 moderate"},                       //
                    Case{"aaaaa", "0-4 more"},                           //
                    Case{"asfasfs", "0-6 less"},                         // mixed: 2, 3, 2
                    Case{"asasfa", "0-5 more"},                          // 3, 2, 1
                    Case{"ffsaf", "0-4 moderate"},                       // 1, 1, 3
                    Case{"aassf", "0-4 more"},                           // angry and sad are equal
                    Case{"ffssa", "0-4 moderate"},                       // fear and sad are
                    Case{"aaffs", "0-4 more"},                           // angry and fear are
                    Case{"ssdsss", ""},                                  // disgust is none of them
                    Case{"sssshssss", ""},                               // twice four
                    Case{"sssss.aaaaa", "0-10 more"},             // two seconds are no gap; a tie
                    Case{"sssss..aaaaa", "0-4 less, 7-11 more"},  // three are
                    Case{"ss..sss", ""},                          //
                    Case{"ssssshhfffff", "0-4 less, 7-11 moderate"},
                    Case{"sssss<aaaaa", "0-4 less, 0-4 more"},  // back in time
                    Case{"sss<ss", ""},                         //
                    Case{"s.s.s.s.s", "0-8 less"}));

TEST(StreakRule, ItsLeastLengthIsAnOption) {
  EXPECT_EQ(episodes("sshaaa", {.least = 2}), "0-1 less, 3-5 more");
  EXPECT_EQ(episodes("sshaaa", {.least = 3}), "3-5 more");
  for (const int least : {-1, 0, 1, 100'001}) {
    try {
      StreakRule rule({.least = least});
      FAIL() << least;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_THAT(error.what(), HasSubstr(std::to_string(least)));
    }
  }
  EXPECT_NO_THROW(StreakRule({.least = 100'000}));
}

TEST(StreakRule, ManyResultsASecondAreCounted) {
  StreakRule rule;
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(rule.add(i / 30.0, Expression::fear));
  const auto episode = rule.add(1.5, Expression::neutral);
  ASSERT_TRUE(episode);
  EXPECT_EQ(episode->fear, 30);
  EXPECT_EQ(episode->angry + episode->sad, 0);
  EXPECT_NEAR(episode->end, 29 / 30.0, 1e-9);
}

TEST(StreakRule, ATimeThatIsNoneEndsAnEpisode) {
  StreakRule rule;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(rule.add(i, Expression::sad));
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(rule.add(nan, Expression::sad));
  EXPECT_FALSE(rule.add(6, Expression::sad));
  EXPECT_FALSE(rule.finish());
}

TEST(Episode, AnEmptyOneHasNoLevel) {
  EXPECT_EQ(Episode{}.level(), StreakLevel::none);
  EXPECT_EQ(name(StreakLevel::none), "none");
}

TEST(Episode, GoesThroughJson) {
  const Episode episode{1.5, 8.25, 1, 7, 2};
  const auto json = to_json(episode);
  EXPECT_THAT(json, HasSubstr(R"("level":"less")"));
  const auto again = episode_from_json(json);
  EXPECT_EQ(again.begin, 1.5);
  EXPECT_EQ(again.end, 8.25);
  EXPECT_EQ(again.angry, 1);
  EXPECT_EQ(again.sad, 7);
  EXPECT_EQ(again.fear, 2);
}

TEST(Episode, OtherJsonIsRefused) {
  const std::string good = to_json({1, 2, 0, 5, 0});
  ASSERT_NO_THROW(episode_from_json(good));
  const auto with = [&](std::string_view part, std::string_view other) {
    auto text = good;
    text.replace(text.find(part), part.size(), other);
    return text;
  };
  for (const auto& bad :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"begin":)"), good + "x", with(R"("sad":5)", R"("sad":5.5)"),
        with(R"("sad":5)", R"("sad":-5)"), with(R"("sad":5)", R"("sad":"5")"),
        with(R"("sad":5)", R"("sad":18446744073709551615)"), with(R"("sad")", R"("glad")"),
        with(R"("level":"less")", R"("level":"more")"), with(R"("end":2.0)", R"("end":0.5)"),
        with(R"("end":2.0)", R"("end":null)"), with(R"("end":2.0)", R"("end":1e999)"),
        with("{", R"({"more":1,)"), std::string(100'000, '[')}) {
    try {
      episode_from_json(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model) << bad;
    }
  }
}

RecordedMinute minute(std::array<int, kExpressionCount> shown, int changes = 0) {
  RecordedMinute result;
  result.shown = shown;
  for (const int seconds : shown) result.seconds += seconds;
  result.seen = result.seconds;
  result.changes = changes;
  return result;
}

TEST(Indicators, AreTheSharesOfASession) {
  //                                  angry disgust fear happy sad surprise neutral
  const std::vector minutes = {minute({6, 0, 3, 12, 9, 0, 30}, 5),
                               minute({0, 6, 0, 24, 0, 6, 24}, 4)};
  const auto indicators = indicators_of(minutes);
  EXPECT_DOUBLE_EQ(indicators.seen, 120);
  EXPECT_DOUBLE_EQ(indicators.negative, 24);
  EXPECT_DOUBLE_EQ(indicators.positive, 36);
  EXPECT_DOUBLE_EQ(indicators.negative_share, 0.2);
  EXPECT_DOUBLE_EQ(indicators.positive_share, 0.3);
  EXPECT_DOUBLE_EQ(indicators.shares[6], 0.45);
  EXPECT_DOUBLE_EQ(indicators.changes_per_minute, 4.5);
  EXPECT_EQ(indicators.level, IndicatorLevel::low);
}

TEST(Indicators, GapsWithinSecondsDoNotCountAsSeen) {
  auto half = minute({0, 0, 0, 30, 30, 0, 0}, 3);
  half.seen = 30;
  const auto indicators = indicators_of(std::vector{half, half});
  EXPECT_DOUBLE_EQ(indicators.seen, 60);
  EXPECT_DOUBLE_EQ(indicators.negative, 30);
  EXPECT_DOUBLE_EQ(indicators.negative_share, 0.5);
  EXPECT_DOUBLE_EQ(indicators.changes_per_minute, 6);
}

TEST(Indicators, LevelsBeginAtTheirCutOffs) {
  const auto level = [](int sad, const IndicatorOptions& options = {}) {
    return indicators_of(std::vector{minute({0, 0, 0, 0, sad, 0, 60 - sad})}, options).level;
  };
  EXPECT_EQ(level(14), IndicatorLevel::low);
  EXPECT_EQ(level(15), IndicatorLevel::moderate);
  EXPECT_EQ(level(29), IndicatorLevel::moderate);
  EXPECT_EQ(level(30), IndicatorLevel::high);
  EXPECT_EQ(level(60), IndicatorLevel::high);
  EXPECT_EQ(level(15, {.moderate_share = 0.3}), IndicatorLevel::low);
  EXPECT_EQ(level(15, {.high_share = 0.25}), IndicatorLevel::high);
  EXPECT_EQ(level(60, {.least_seen = 60.5}), IndicatorLevel::unknown);
  EXPECT_EQ(name(IndicatorLevel::moderate), "moderate");
}

TEST(Indicators, NothingSeenSaysNothing) {
  const auto indicators = indicators_of({}, {.least_seen = 0});
  EXPECT_EQ(indicators.level, IndicatorLevel::unknown);
  EXPECT_EQ(indicators.seen, 0);
  EXPECT_EQ(indicators.changes_per_minute, 0);
  for (const double share : indicators.shares) EXPECT_EQ(share, 0);
}

TEST(Indicators, TheRuleCountsThreeExpressions) {
  int count = 0;
  for (const auto expression : all_expressions()) count += is_negative(expression) ? 1 : 0;
  EXPECT_EQ(count, 3);
  EXPECT_TRUE(is_negative(Expression::angry));
  EXPECT_TRUE(is_negative(Expression::sad));
  EXPECT_TRUE(is_negative(Expression::fear));
}

TEST(Trend, IsThatFoundByHand) {
  // Weeks 0 to 4 with 2, 4, 5, 4, 5. The mean is 4, Sxx 10, Sxy 6: the slope is 0.6. The squared
  // errors sum to 2.4, so s is sqrt(2.4 / 3), and that of the slope sqrt(0.8 / 10) = 0.28284. With
  // t = 3.18245 of three degrees of freedom the interval is 0.6 -+ 0.90013.
  const std::vector<CoursePoint> points = {
      {20000, 2}, {20007, 4}, {20014, 5}, {20021, 4}, {20028, 5}};
  const auto trend = trend_of(points);
  ASSERT_TRUE(trend);
  EXPECT_NEAR(trend->per_week, 0.6, 1e-9);
  EXPECT_NEAR(trend->low, -0.30013, 1e-4);
  EXPECT_NEAR(trend->high, 1.50013, 1e-4);
  EXPECT_NEAR(trend->at(20000), 2.8, 1e-9);
  EXPECT_NEAR(trend->at(20028), 5.2, 1e-9);
  EXPECT_NEAR(trend->margin(20014), 3.18245 * std::sqrt(0.8 / 5), 1e-4);
  EXPECT_NEAR(trend->margin(20028), 3.18245 * std::sqrt(0.8 * (1.0 / 5 + 4.0 / 10)), 1e-4);
}

TEST(Trend, OfThreePointsHasOneDegreeOfFreedom) {
  // Weeks 0, 1, 2 with 0, 1, 1: the slope is 0.5, the squared errors sum to 1/6, Sxx is 2, t is
  // 12.7062: 12.7062 * sqrt(1 / 12) = 3.66797.
  const auto trend = trend_of(std::vector<CoursePoint>{{0, 0}, {7, 1}, {14, 1}});
  ASSERT_TRUE(trend);
  EXPECT_NEAR(trend->per_week, 0.5, 1e-9);
  EXPECT_NEAR(trend->high - trend->per_week, 3.66797, 1e-4);
  EXPECT_NEAR(trend->per_week - trend->low, 3.66797, 1e-4);
}

TEST(Trend, AStraightLineIsCertain) {
  const auto trend = trend_of(std::vector<CoursePoint>{{1, 5}, {8, 4}, {15, 3}, {22, 2}});
  ASSERT_TRUE(trend);
  EXPECT_NEAR(trend->per_week, -1, 1e-9);
  EXPECT_NEAR(trend->low, -1, 1e-6);
  EXPECT_NEAR(trend->high, -1, 1e-6);
}

TEST(Trend, NeedsThreePointsOfDifferentTimes) {
  EXPECT_FALSE(trend_of({}));
  EXPECT_FALSE(trend_of(std::vector<CoursePoint>{{1, 1}, {2, 2}}));
  EXPECT_FALSE(trend_of(std::vector<CoursePoint>{{20000.1, 1}, {20000.1, 2}, {20000.1, 3}}));
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(trend_of(std::vector<CoursePoint>{{1, 1}, {2, nan}, {3, 3}}));
  EXPECT_FALSE(trend_of(std::vector<CoursePoint>{{1, 1}, {nan, 2}, {3, 3}}));
}

}  // namespace
}  // namespace mien
