#include "vision/tracking/motion_filter.h"

#include <cmath>

namespace mien {

MotionFilter::MotionFilter(double value, double variance, double velocity_variance)
    : value_(value), variance_(variance), velocity_variance_(velocity_variance) {}

void MotionFilter::predict(double seconds, const Motion& motion) {
  const double kept = std::exp(-seconds / motion.persistence);
  const double reach = motion.persistence * (1 - kept);  // how far a velocity of 1 goes
  value_ += reach * velocity_;
  velocity_ *= kept;
  const double q = motion.unsteadiness;
  const double t = seconds;
  variance_ += 2 * reach * covariance_ + reach * reach * velocity_variance_ + q * t * t * t / 3;
  covariance_ = kept * (covariance_ + reach * velocity_variance_) + q * t * t / 2;
  velocity_variance_ = kept * kept * velocity_variance_ + q * t;
}

void MotionFilter::correct(double measured, double variance) {
  const double innovation = measured - value_;
  const double gain = variance_ / (variance_ + variance);
  const double velocity_gain = covariance_ / (variance_ + variance);
  value_ += gain * innovation;
  velocity_ += velocity_gain * innovation;
  velocity_variance_ -= velocity_gain * covariance_;
  covariance_ *= 1 - gain;
  variance_ *= 1 - gain;
}

}  // namespace mien
