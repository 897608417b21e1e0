#pragma once

#include "mien/box.h"
#include "vision/tracking/motion_filter.h"

namespace mien {

/// A box as the filter sees it, in pixels: what moves and what grows are apart.
struct BoxShape {
  double x = 0;           ///< of the centre
  double y = 0;           ///< of the centre
  double log_size = 0;    ///< ln of the geometric mean of the sides
  double log_aspect = 0;  ///< ln(width / height)
};

/// `box` has an area.
BoxShape shape_of(const Box& box);
Box box_of(const BoxShape& shape);

/// Where a face is and how it moves: a Kalman filter over centre, size and aspect. All noise is in
/// proportion to the face's size, so that near and far faces are followed alike.
class BoxFilter {
 public:
  explicit BoxFilter(const Box& box);

  void predict(double seconds);
  void correct(const Box& box);

  BoxShape shape() const;
  double size() const;
  /// Of the centre, pixels a second.
  double velocity_x() const { return x_.velocity(); }
  double velocity_y() const { return y_.velocity(); }
  /// Standard deviation of the centre's place, pixels.
  double uncertainty() const;

 private:
  MotionFilter x_;
  MotionFilter y_;
  MotionFilter log_size_;
  MotionFilter log_aspect_;
};

}  // namespace mien
