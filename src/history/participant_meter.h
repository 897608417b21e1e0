#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "history/session.h"
#include "mien/face.h"

namespace mien {

/// Turns what one participant shows, result by result, into seconds. What a result says holds until
/// the next one, for a second at most.
class ParticipantMeter {
 public:
  /// A face is not taken as seen for longer after a result.
  static constexpr double kLongestStep = 1;

  explicit ParticipantMeter(int number) : number_(number) {}

  /// The face at `time`, or that there is none. A time before the last one counts as that one.
  void observe(double time, const Face* face);

  /// The seconds that are complete at `now`, and all with what came so far for `whole`.
  std::vector<RecordedSecond> take(double now, bool whole = false);

  /// When a face was there last; nothing while there was none.
  std::optional<double> last_seen() const { return last_seen_; }

 private:
  struct Sums {
    double seen = 0;
    double confidence = 0;
    double uncertain = 0;
    std::array<double, kExpressionCount> shown{};
    std::array<double, kExpressionCount> probabilities{};
  };

  void lasts_until(double time);
  void add(long long second, double length);
  RecordedSecond second_of(long long second, const Sums& sums) const;

  int number_;
  std::optional<Face> face_;  ///< as seen last
  double time_ = 0;           ///< up to which it was counted
  double until_ = 0;          ///< up to which it may be
  std::optional<double> last_seen_;
  std::map<long long, Sums> seconds_;
};

}  // namespace mien
