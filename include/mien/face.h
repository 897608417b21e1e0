#pragma once

#include <array>
#include <optional>

#include "mien/attributes.h"
#include "mien/box.h"
#include "mien/expression.h"

namespace mien {

/// A place in the picture, in pixels.
struct Point {
  float x = 0;
  float y = 0;
};

/// Right eye, left eye, nose, right and left mouth corner, as the person has them.
using Landmarks = std::array<Point, 5>;

/// What a detector finds.
struct DetectedFace {
  Box box;
  float score = 0;  ///< 0..1, how sure the detector is
  std::optional<Landmarks> landmarks;
};

/// A face and what it shows.
struct Face {
  int track = 0;  ///< 1, 2, ...: unique within the source
  Box box;
  float score = 0;  ///< the detector's, 0..1
  std::optional<Landmarks> landmarks;
  Expression expression = Expression::neutral;
  float confidence = 0;    ///< the largest of the probabilities
  bool uncertain = false;  ///< confidence is below the model's threshold
  Probabilities probabilities{};
  std::optional<Attributes> attributes;  ///< when they were asked for
};

}  // namespace mien
