#pragma once

namespace mien {

/// How a quantity moves by itself.
struct Motion {
  /// Spectral density of the acceleration, units^2/s^3: how unsteady the velocity is.
  double unsteadiness = 1;
  /// Seconds in which a velocity that nothing confirms falls to 37%.
  double persistence = 1;
};

/// A Kalman filter for one quantity and its velocity, over steps of any length: what cannot be
/// foreseen is white acceleration, and the velocity fades (an integrated Ornstein-Uhlenbeck
/// process), so that what is not seen comes to rest instead of flying off.
class MotionFilter {
 public:
  MotionFilter(double value, double variance, double velocity_variance);

  void predict(double seconds, const Motion& motion);
  void correct(double measured, double variance);

  double value() const { return value_; }
  double velocity() const { return velocity_; }
  double variance() const { return variance_; }

 private:
  double value_;
  double velocity_ = 0;
  double variance_;
  double covariance_ = 0;
  double velocity_variance_;
};

}  // namespace mien
