#pragma once

namespace mien {

/// Turns frames with times of their own, as a variable rate or passed over frames give, into a
/// steady rate.
class FrameTiming {
 public:
  /// Frames a second; one that is not known or not sensible, below 0.001 or above 240, becomes 25.
  explicit FrameTiming(double rate);

  double rate() const { return rate_; }

  /// How often frames must be written for the frame at `time` (seconds) to stand at its place: 0
  /// when another one stands there already, 1, or more when the one before must be repeated first.
  long long advance(double time);

  /// The first frame's time.
  double begin() const { return begin_; }

  /// Whether a gap of more than a minute was cut out, as are those of a clock that jumps.
  bool gap_was_cut() const { return gap_was_cut_; }

 private:
  double rate_;
  double begin_ = 0;
  double origin_ = 0;  ///< the time of place 0; the first frame's, moved by cut gaps
  long long next_ = 0;
  bool gap_was_cut_ = false;
};

}  // namespace mien
