#pragma once

#include <algorithm>
#include <chrono>

namespace mien::server {

/// How much may come at once, and how fast that grows again.
class Allowance {
 public:
  using Clock = std::chrono::steady_clock;

  Allowance(double left, Clock::time_point now) : left_(left), at_(now) {}

  /// Takes one of what grows by `rate` a second up to `most`; false when there is none.
  bool take(Clock::time_point now, double rate, double most) {
    const double passed = std::chrono::duration<double>(now - at_).count();
    left_ = std::min(most, left_ + passed * rate) - 1;
    at_ = now;
    return left_ >= 0;
  }

 private:
  double left_;
  Clock::time_point at_;
};

}  // namespace mien::server
