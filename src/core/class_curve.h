#pragma once

#include <span>
#include <vector>

#include "mien/expression.h"

namespace mien {

/// What naming faces so gives, when all faces are named so whose probability is that high.
struct ClassPoint {
  double recall = 0;     ///< of the faces that are, the share named so
  double precision = 0;  ///< of the faces named so, the share that is
};

/// Precision over recall for one expression against all others.
struct ClassCurve {
  std::vector<ClassPoint> points;  ///< recall grows; empty where no face is so
  double average_precision = 0;    ///< the sum of each step's width in recall times its precision
};

/// As many predictions as labels.
ClassCurve class_curve(std::span<const Probabilities> predictions,
                       std::span<const Expression> labels, Expression expression);

}  // namespace mien
