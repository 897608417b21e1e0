#pragma once

#include <optional>

namespace mien {

/// Makes times that grow out of a stream's own. A time that the stream gives is taken as it is
/// while it is later than the one before. When it is not, as where recordings were joined, this
/// frame comes one usual interval after the one before, and what follows keeps its distance from
/// it. A frame without a time comes one usual interval later too.
class StreamClock {
 public:
  /// `rate`: frames a second, 0 when not known, which counts as 25.
  explicit StreamClock(double rate) : interval_(rate > 0 ? 1 / rate : 1.0 / 25) {}

  double next(std::optional<double> time) {
    if (!last_) {
      last_ = time && *time > 0 ? *time : 0;
    } else if (time && *time > *last_) {
      last_ = *time;
    } else if (time && *time + shift_ > *last_) {
      last_ = *time + shift_;
    } else {
      last_ = *last_ + interval_;
      if (time) shift_ = *last_ - *time;
    }
    return *last_;
  }

 private:
  double interval_;
  double shift_ = 0;
  std::optional<double> last_;
};

}  // namespace mien
