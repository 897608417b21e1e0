#include "history/minutes.h"

#include <array>

namespace mien {
namespace {

constexpr long long kSeconds = 60;

void add(const RecordedSecond& second, RecordedMinute& minute) {
  ++minute.seconds;
  minute.seen += second.seen;
  ++minute.shown.at(static_cast<std::size_t>(second.expression));
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    const auto weight = 1.0F / static_cast<float>(minute.seconds);
    minute.probabilities[i] += weight * (second.probabilities[i] - minute.probabilities[i]);
  }
}

}  // namespace

std::vector<RecordedMinute> minutes_of(std::span<const RecordedSecond> seconds,
                                       std::optional<Expression> before) {
  std::vector<RecordedMinute> minutes;
  for (const auto& second : seconds) {
    const auto minute = second.second / kSeconds;
    if (minutes.empty() || minutes.back().minute != minute) {
      minutes.push_back({.participant = second.participant, .minute = minute});
    }
    add(second, minutes.back());
    if (before && before != second.expression) ++minutes.back().changes;
    before = second.expression;
  }
  return minutes;
}

}  // namespace mien
