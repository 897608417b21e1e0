#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/session.h"

namespace mien {

/// Said with every indicator.
inline constexpr std::string_view kIndicatorNotice =
    "An indicator of lasting negative expression, for research only: it says what a face showed, "
    "not how a person feels, and is never a diagnosis of stress, depression or anything else.";

/// angry, sad and fear, as the rule counts them.
bool is_negative(Expression expression);

enum class StreakLevel { none, less, moderate, more };
std::string_view name(StreakLevel level);

struct StreakOptions {
  int least = 5;  ///< results in a row, 2..100000. More finds fewer and longer episodes
};

/// Results in a row that were angry, sad or fear.
struct Episode {
  double begin = 0;  ///< time of the first result
  double end = 0;    ///< and of the last
  int angry = 0;     ///< results of each
  int sad = 0;
  int fear = 0;

  /// less when sad is the most frequent of the three, moderate for fear, more for angry; of equals
  /// the one that says more.
  StreakLevel level() const;
};

/// Finds the episodes of one track, result by result. Another expression, or a gap of more than two
/// seconds without a result, ends an episode.
class StreakRule {
 public:
  /// Throws Error (usage) for an option out of range.
  explicit StreakRule(const StreakOptions& options = {});

  /// The episode that ended before this result, if one did. A time before the last one begins anew.
  std::optional<Episode> add(double time, Expression expression);
  /// The one that lasts at the end.
  std::optional<Episode> finish();

 private:
  StreakOptions options_;
  Episode running_;
  int length_ = 0;
  double last_ = 0;
};

/// {"begin","end","angry","sad","fear","level"}
std::string to_json(const Episode& episode);
/// Throws Error (model) for anything else.
Episode episode_from_json(std::string_view json);

/// Cut-offs over a whole session.
struct IndicatorOptions {
  /// Share of the seen time with a negative expression (angry, disgust, fear, sad) from which the
  /// indicator is moderate, and high.
  double moderate_share = 0.25;
  double high_share = 0.5;
  /// A session in which a face was seen for less says nothing. In seconds.
  double least_seen = 60;
};

enum class IndicatorLevel { unknown, low, moderate, high };
std::string_view name(IndicatorLevel level);

/// What a participant showed over a whole session.
struct SessionIndicators {
  double seen = 0;                                ///< seconds in which the face was seen
  double negative = 0;                            ///< seconds of angry, disgust, fear, sad
  double positive = 0;                            ///< seconds of happy
  std::array<double, kExpressionCount> shares{};  ///< of the seen time; all 0 when nothing was seen
  double negative_share = 0;
  double positive_share = 0;
  double changes_per_minute = 0;  ///< of the seen time
  IndicatorLevel level = IndicatorLevel::unknown;
};

/// Of one participant's minutes.
SessionIndicators indicators_of(std::span<const RecordedMinute> minutes,
                                const IndicatorOptions& options = {});

/// One session of a course over weeks.
struct CoursePoint {
  double day = 0;  ///< days since 1970
  double value = 0;
};

/// A straight line through a course by ordinary least squares.
struct Trend {
  double per_week = 0;  ///< how much the value grows
  double low = 0;       ///< the 95% confidence interval of `per_week`, by Student's t
  double high = 0;

  double middle = 0;  ///< the mean of the days
  double value = 0;   ///< and of the values
  double spread = 0;  ///< the sum of the squared distances of the days from `middle`
  double error = 0;   ///< the standard error of a single value, times the quantile of Student's t
  double count = 1;   ///< points

  /// The line's value on a day.
  double at(double day) const;
  /// Half of the line's 95% confidence interval there.
  double margin(double day) const;
};

/// Nothing for fewer than three points, or when all are of one time.
std::optional<Trend> trend_of(std::span<const CoursePoint> points);

}  // namespace mien
