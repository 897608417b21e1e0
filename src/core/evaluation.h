#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "mien/expression.h"

namespace mien {

struct ClassScore {
  double precision = 0;  ///< of the faces called so, the share that is; 0 when none is called so
  double recall = 0;     ///< of the faces that are, the share called so; 0 when there are none
  double f1 = 0;
  std::size_t support = 0;  ///< faces that are
};

/// How well predictions agree with labels.
struct Evaluation {
  std::size_t n = 0;
  double accuracy = 0;
  double balanced_accuracy = 0;  ///< mean recall of the classes that occur
  double macro_f1 = 0;           ///< mean F1 of the classes that occur
  /// Expected calibration error, 15 bins of equal width (Guo et al., 2017).
  double ece = 0;
  double nll = 0;  ///< mean negative log likelihood, natural logarithm
  std::array<ClassScore, kExpressionCount> per_class{};
  /// Rows are the truth, columns the prediction.
  std::array<std::array<std::size_t, kExpressionCount>, kExpressionCount> confusion{};
};

/// One prediction for each label; both have the same, positive length. Throws Error (internal) when
/// they do not.
Evaluation evaluate(std::span<const Probabilities> predictions, std::span<const Expression> labels);

}  // namespace mien
