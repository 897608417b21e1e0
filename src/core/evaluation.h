#pragma once

#include <cstddef>
#include <span>
#include <vector>

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
  /// Expected calibration error, kReliabilityBins of equal width (Guo et al., 2017).
  double ece = 0;
  double nll = 0;  ///< mean negative log likelihood, natural logarithm
  std::vector<ClassScore> per_class;
  /// Rows are the truth, columns the prediction.
  std::vector<std::vector<std::size_t>> confusion;
};

/// One prediction for each label; both have the same, positive length. Throws Error (internal) when
/// they do not.
Evaluation evaluate(std::span<const Probabilities> predictions, std::span<const Expression> labels);

/// The same for other classes than expressions: `predictions` holds `classes` probabilities for
/// each label, and a label is less than `classes`.
Evaluation evaluate(std::span<const float> predictions, std::size_t classes,
                    std::span<const std::size_t> labels);

/// The predictions of a range of confidence.
struct ReliabilityBin {
  std::size_t n = 0;
  double confidence = 0;  ///< the mean; 0 for an empty bin
  double accuracy = 0;    ///< the share that is right; 0 for an empty bin
};

inline constexpr std::size_t kReliabilityBins = 15;

/// kReliabilityBins of equal width over 0..1. Throws as evaluate() does.
std::vector<ReliabilityBin> reliability(std::span<const Probabilities> predictions,
                                        std::span<const Expression> labels);

}  // namespace mien
