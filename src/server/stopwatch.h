#pragma once

#include <chrono>

namespace mien::server {

/// Seconds since it was made, by a clock that does not jump.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begun_ = Clock::now();
};

}  // namespace mien::server
