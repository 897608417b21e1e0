#include "history/class_mood.h"

#include "history/session_view.h"

namespace mien {
namespace {

constexpr long long kLeastSeen = 10;  // seconds of a half minute
constexpr double kMost = 0.5;
constexpr double kNearlyAll = 0.8;
/// In which the change must have come already.
constexpr long long kOnset = 5;  // seconds
constexpr double kThird = 1.0 / 3;

bool is_at_ease(Expression expression) {
  return expression == Expression::neutral || expression == Expression::happy;
}

bool is_moved(Expression expression) {
  return expression == Expression::sad || expression == Expression::angry ||
         expression == Expression::fear || expression == Expression::surprise;
}

/// How many seconds were seen, and how many of those counted.
struct Tally {
  long long seen = 0;
  long long counted = 0;

  void add(bool counts) {
    ++seen;
    if (counts) ++counted;
  }
  double share() const {
    return seen == 0 ? 0 : static_cast<double>(counted) / static_cast<double>(seen);
  }
};

}  // namespace

void ClassMood::add(const RecordedSecond& second) {
  auto& shown = members_[second.participant];
  shown.push_back({second.second, second.expression});
  while (shown.front().second < second.second - 3 * kHalfMinute) shown.pop_front();
}

void ClassMood::forget(int member) { members_.erase(member); }

void ClassMood::forget_before(long long second) {
  std::erase_if(members_, [&](const auto& member) { return member.second.back().second < second; });
}

std::optional<MoodChange> ClassMood::change(long long now) const {
  const auto since = now - kHalfMinute;
  int members = 0;
  int moved = 0;
  for (const auto& [number, shown] : members_) {
    Tally before;
    Tally onset;
    Tally after;
    for (const auto& [second, expression] : shown) {
      if (second >= now || second < since - kHalfMinute) continue;
      if (second < since) {
        before.add(is_at_ease(expression));
        continue;
      }
      after.add(is_moved(expression));
      if (second < since + kOnset) onset.add(is_moved(expression));
    }
    if (before.seen < kLeastSeen || after.seen < kLeastSeen) continue;
    ++members;
    if (before.share() > kMost && onset.share() > kMost && after.share() >= kNearlyAll) ++moved;
  }
  if (members < kSmallestGroup) return std::nullopt;
  const double share = static_cast<double>(moved) / members;
  if (share <= kThird) return std::nullopt;
  return MoodChange{.share = share, .since = since};
}

}  // namespace mien
