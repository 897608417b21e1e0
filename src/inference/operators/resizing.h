#pragma once

#include "inference/operators/operator.h"

namespace mien {

/// How Resize finds the place in the input that an output pixel shows.
struct Resizing {
  enum class Place { half_pixel, pytorch_half_pixel, asymmetric, align_corners };
  enum class Rounding { prefer_floor, prefer_ceil, floor, ceil };

  bool linear = false;
  Place place = Place::half_pixel;
  Rounding rounding = Rounding::prefer_floor;
  double scale_y = 1;
  double scale_x = 1;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// Of a node of Resize on a picture [N, C, height, width]. Throws Unsupported for what Mien does
/// not know: cubic interpolation, cropping, scaled channels.
Resizing resizing_of(const Node& node, Operands inputs);

}  // namespace mien
