#include "history/participant_meter.h"

#include <algorithm>
#include <cmath>

namespace mien {

void ParticipantMeter::observe(double time, const Face* face) {
  time = std::max(time, time_);
  lasts_until(time);
  time_ = time;
  until_ = time + kLongestStep;
  face_.reset();
  if (face == nullptr) return;
  face_ = *face;
  last_seen_ = time;
}

void ParticipantMeter::lasts_until(double time) {
  const double end = std::min(time, until_);
  while (face_ && time_ < end) {
    const auto second = static_cast<long long>(std::floor(time_));
    const double next = std::min(end, static_cast<double>(second + 1));
    add(second, next - time_);
    time_ = next;
  }
}

void ParticipantMeter::add(long long second, double length) {
  auto& sums = seconds_[second];
  sums.seen += length;
  sums.confidence += length * static_cast<double>(face_->confidence);
  if (face_->uncertain) sums.uncertain += length;
  sums.shown.at(static_cast<std::size_t>(face_->expression)) += length;
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    sums.probabilities[i] += length * static_cast<double>(face_->probabilities[i]);
  }
}

std::vector<RecordedSecond> ParticipantMeter::take(double now, bool whole) {
  // Without a newer result, the last one still holds.
  if (whole || now >= until_) lasts_until(std::max(now, time_));
  const bool is_over = !face_ || now >= until_;
  const double complete = is_over ? now : time_;
  std::vector<RecordedSecond> seconds;
  while (!seconds_.empty()) {
    const auto first = seconds_.begin();
    if (!whole && static_cast<double>(first->first + 1) > complete) break;
    seconds.push_back(second_of(first->first, first->second));
    seconds_.erase(first);
  }
  return seconds;
}

RecordedSecond ParticipantMeter::second_of(long long second, const Sums& sums) const {
  RecordedSecond recorded{.participant = number_, .second = second};
  recorded.seen = std::min(1.0, sums.seen);
  const auto longest = std::max_element(sums.shown.begin(), sums.shown.end());
  recorded.expression =
      all_expressions().at(static_cast<std::size_t>(longest - sums.shown.begin()));
  recorded.uncertain = sums.uncertain > sums.seen / 2;
  recorded.confidence = sums.confidence / sums.seen;
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    recorded.probabilities[i] = static_cast<float>(sums.probabilities[i] / sums.seen);
  }
  return recorded;
}

}  // namespace mien
