#include "output/frame_timing.h"

#include <algorithm>
#include <cmath>

namespace mien {
namespace {

constexpr double kUsualRate = 25;
constexpr double kLeastRate = 0.001;
constexpr double kMostRate = 240;
constexpr double kLongestGap = 60;
/// How far from its time a frame may stand, in frames. More than half, so that clocks that are not
/// exact, the first frame's too, neither repeat nor drop any.
constexpr double kTolerance = 0.75;

}  // namespace

FrameTiming::FrameTiming(double rate)
    : rate_(rate >= kLeastRate && rate <= kMostRate ? rate : kUsualRate) {}

long long FrameTiming::advance(double time) {
  if (!std::isfinite(time)) time = origin_ + static_cast<double>(next_) / rate_;
  if (next_ == 0) {
    begin_ = origin_ = time;
    next_ = 1;
    return 1;
  }
  const double late = (time - origin_) * rate_ - static_cast<double>(next_);
  if (std::abs(late) > std::max(1.0, kLongestGap * rate_)) {
    gap_was_cut_ = true;
    origin_ = time - static_cast<double>(next_) / rate_;
    ++next_;
    return 1;
  }
  if (late < -kTolerance) return 0;
  const auto count = 1 + static_cast<long long>(std::max(0.0, std::ceil(late - kTolerance)));
  next_ += count;
  return count;
}

}  // namespace mien
