#include "history/indicators.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "mien/error.h"
#include "output/rounding.h"

namespace mien {
namespace {

constexpr double kLongestGap = 2;  // seconds without a result, within an episode
constexpr double kDaysPerWeek = 7;
constexpr double kSecondsPerMinute = 60;

int* count_of(Episode& episode, Expression expression) {
  switch (expression) {
    case Expression::angry:
      return &episode.angry;
    case Expression::sad:
      return &episode.sad;
    case Expression::fear:
      return &episode.fear;
    default:
      return nullptr;
  }
}

Episode episode_from(const nlohmann::json& json) {
  const auto count = [&](const char* key) {
    const auto& value = json.at(key);
    if (!value.is_number_integer()) throw std::invalid_argument(key);
    const auto number = value.get<std::int64_t>();
    if (number < 0 || number > 1'000'000'000) throw std::invalid_argument(key);
    return static_cast<int>(number);
  };
  Episode episode;
  episode.begin = json.at("begin").get<double>();
  episode.end = json.at("end").get<double>();
  episode.angry = count("angry");
  episode.sad = count("sad");
  episode.fear = count("fear");
  constexpr std::size_t kKeys = 6;
  if (json.size() != kKeys || !(episode.begin <= episode.end) ||
      json.at("level").get<std::string>() != name(episode.level())) {
    throw std::invalid_argument("episode");
  }
  return episode;
}

IndicatorLevel level_of(const SessionIndicators& indicators, const IndicatorOptions& options) {
  if (indicators.seen <= 0 || indicators.seen < options.least_seen) return IndicatorLevel::unknown;
  if (indicators.negative_share >= options.high_share) return IndicatorLevel::high;
  return indicators.negative_share >= options.moderate_share ? IndicatorLevel::moderate
                                                             : IndicatorLevel::low;
}

}  // namespace

bool is_negative(Expression expression) {
  Episode none;
  return count_of(none, expression) != nullptr;
}

std::string_view name(StreakLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "less", "moderate", "more"};
  return kNames.at(static_cast<std::size_t>(level));
}

std::string_view name(IndicatorLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"unknown", "low", "moderate", "high"};
  return kNames.at(static_cast<std::size_t>(level));
}

StreakLevel Episode::level() const {
  const int most = std::max({angry, sad, fear});
  if (most <= 0) return StreakLevel::none;
  if (angry == most) return StreakLevel::more;
  return fear == most ? StreakLevel::moderate : StreakLevel::less;
}

StreakRule::StreakRule(const StreakOptions& options) : options_(options) {
  constexpr int kLeast = 2;
  constexpr int kMost = 100'000;
  if (options.least >= kLeast && options.least <= kMost) return;
  throw Error(ErrorCode::usage, "an episode's least length is " + std::to_string(options.least) +
                                    "; give " + std::to_string(kLeast) + " to " +
                                    std::to_string(kMost));
}

std::optional<Episode> StreakRule::add(double time, Expression expression) {
  const double gap = time - last_;
  const bool goes_on = is_negative(expression) && gap >= 0 && gap <= kLongestGap;
  auto ended = goes_on ? std::nullopt : finish();
  last_ = time;
  if (int* const count = count_of(running_, expression)) {
    if (length_ == 0) running_.begin = time;
    running_.end = time;
    ++*count;
    ++length_;
  }
  return ended;
}

std::optional<Episode> StreakRule::finish() {
  const bool is_long = std::exchange(length_, 0) >= options_.least;
  const auto episode = std::exchange(running_, {});
  if (!is_long) return std::nullopt;
  return episode;
}

std::string to_json(const Episode& episode) {
  return nlohmann::json{{"begin", rounded(episode.begin)},
                        {"end", rounded(episode.end)},
                        {"angry", episode.angry},
                        {"sad", episode.sad},
                        {"fear", episode.fear},
                        {"level", name(episode.level())}}
      .dump();
}

Episode episode_from_json(std::string_view json) {
  try {
    return episode_from(nlohmann::json::parse(json));
  } catch (const std::exception&) {  // of the parser, of a key or of a value
    throw Error(ErrorCode::model,
                "an episode in the history is damaged; restore a copy of the history's file");
  }
}

SessionIndicators indicators_of(std::span<const RecordedMinute> minutes,
                                const IndicatorOptions& options) {
  SessionIndicators indicators;
  double seconds = 0;
  int changes = 0;
  for (const auto& minute : minutes) {
    indicators.seen += minute.seen;
    changes += minute.changes;
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      indicators.shares[i] += minute.shown[i];
      seconds += minute.shown[i];
    }
  }
  if (seconds > 0) {
    for (auto& share : indicators.shares) share /= seconds;
  }
  const auto share = [&](Expression expression) {
    return indicators.shares[static_cast<std::size_t>(expression)];
  };
  indicators.negative_share = share(Expression::angry) + share(Expression::disgust) +
                              share(Expression::fear) + share(Expression::sad);
  indicators.positive_share = share(Expression::happy);
  indicators.negative = indicators.negative_share * indicators.seen;
  indicators.positive = indicators.positive_share * indicators.seen;
  if (indicators.seen > 0) {
    indicators.changes_per_minute = changes * kSecondsPerMinute / indicators.seen;
  }
  indicators.level = level_of(indicators, options);
  return indicators;
}

std::optional<Trend> trend_of(std::span<const CoursePoint> points) {
  constexpr std::size_t kLeast = 3;
  if (points.size() < kLeast) return std::nullopt;
  const auto count = static_cast<double>(points.size());
  Trend trend;
  for (const auto& point : points) {
    trend.middle += point.day / count;
    trend.value += point.value / count;
  }
  double products = 0;
  for (const auto& point : points) {
    const double day = point.day - trend.middle;
    trend.spread += day * day;
    products += day * (point.value - trend.value);
  }
  // Times that are the same differ by the rounding of their mean alone.
  constexpr double kSame = 1e-6;
  if (!(trend.spread / count > kSame * kSame) || !std::isfinite(products)) return std::nullopt;
  const double per_day = products / trend.spread;
  double squares = 0;
  for (const auto& point : points) {
    const double error = point.value - trend.value - per_day * (point.day - trend.middle);
    squares += error * error;
  }
  const boost::math::students_t distribution(count - 2);
  constexpr double kBothSides = 0.975;
  trend.error = boost::math::quantile(distribution, kBothSides) * std::sqrt(squares / (count - 2));
  trend.count = count;
  trend.per_week = kDaysPerWeek * per_day;
  const double margin = kDaysPerWeek * trend.error / std::sqrt(trend.spread);
  trend.low = trend.per_week - margin;
  trend.high = trend.per_week + margin;
  return trend;
}

double Trend::at(double day) const { return value + per_week / kDaysPerWeek * (day - middle); }

double Trend::margin(double day) const {
  return error * std::sqrt(1 / count + (day - middle) * (day - middle) / spread);
}

}  // namespace mien
