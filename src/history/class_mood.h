#pragma once

#include <deque>
#include <map>
#include <optional>

#include "history/session.h"

namespace mien {

/// More than a third of a class moved from neutral or happy to sad, angry, fear or surprise, for
/// half a minute.
struct MoodChange {
  double share = 0;     ///< of those who were seen before and after it
  long long since = 0;  ///< second
};

/// Looks for lasting changes in what a class shows. A member has moved who was seen as neutral or
/// happy for most of the half minute before, and for at least four fifths of the half minute after,
/// from its first seconds on, as sad, angry, afraid or surprised. Members who were seen for less
/// than a third of either half minute do not count.
class ClassMood {
 public:
  static constexpr long long kHalfMinute = 30;

  /// What a member showed in a second; growing for each member.
  void add(const RecordedSecond& second);
  void forget(int member);
  /// Those who were not seen since.
  void forget_before(long long second);

  /// The change that ended its half minute with the second before `now`. Nothing for groups of
  /// fewer than kSmallestGroup who count.
  std::optional<MoodChange> change(long long now) const;

 private:
  struct Shown {
    long long second;
    Expression expression;
  };

  std::map<int, std::deque<Shown>> members_;
};

}  // namespace mien
