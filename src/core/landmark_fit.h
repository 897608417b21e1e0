#pragma once

#include "mien/face.h"

namespace mien {

/// Where FER-2013 would frame a face, by its landmarks alone.
struct LandmarkFit {
  double centre_x = 0;   ///< of the frame, pixels
  double centre_y = 0;   ///< of the frame, pixels
  double side = 0;       ///< of the frame, pixels
  double roll = 0;       ///< radians by which the head is tilted clockwise, -pi..pi
  double agreement = 0;  ///< 0..1: how alike to a typical face's the landmarks lie
};

/// The shift, turn and scale that bring a typical face's landmarks nearest to these.
LandmarkFit fit_typical_face(const Landmarks& landmarks);

}  // namespace mien
