#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "mien/expression.h"

namespace mien {

/// The temperature with the smallest negative log likelihood (Guo et al., 2017). `logits` holds the
/// same number of values for each label, one for each class. Within 0.05..20.
double fit_temperature(std::span<const float> logits, std::span<const std::size_t> labels);

/// The same for expressions.
double fit_temperature(std::span<const float> logits, std::span<const Expression> labels);

/// How far rare classes are favoured, and what that adds to the logits, in the order of Expression.
struct Balance {
  double strength = 0;
  std::array<double, kExpressionCount> offsets{};
};

/// Logit adjustment after training (Menon et al., 2021, "Long-tail learning via logit adjustment"):
/// each logit loses `strength` times the logarithm of its class's share of the training faces. The
/// strength, of 0, 0.05, ... 1, is the one with the largest balanced accuracy of those that cost no
/// accuracy. `logits` holds 7 values for each label; each of `training_faces` is positive.
Balance fit_balance(std::span<const float> logits, std::span<const Expression> labels,
                    const std::array<std::size_t, kExpressionCount>& training_faces);

/// Probabilities at a temperature of 1 of logits to which the offsets are added.
std::vector<Probabilities> with_offsets(std::span<const float> logits,
                                        const std::array<double, kExpressionCount>& offsets);

/// Logits that give these probabilities at a temperature of 1.
std::vector<float> logits_of(std::span<const Probabilities> probabilities);

/// Probabilities at another temperature: softmax(log(probabilities) / temperature).
Probabilities tempered(const Probabilities& probabilities, double temperature);

/// The mean of what several say of one face, one or more.
Probabilities mean_of(std::span<const Probabilities> opinions);

/// How a model does on the faces of which it is sure.
struct Coverage {
  double threshold = 0;  ///< the confidence from which a face is kept
  double coverage = 0;   ///< the share of the faces that is kept
  double accuracy = 0;   ///< of those that are kept
};

/// For the thresholds 0.00, 0.01, ... as long as a face is kept. As many predictions as labels.
std::vector<Coverage> coverage_curve(std::span<const Probabilities> predictions,
                                     std::span<const Expression> labels);

/// How often a face that is not uncertain shall be named right.
inline constexpr double kCertainAccuracy = 0.8;

/// The confidence below which a face is uncertain: the smallest threshold of the curve whose kept
/// faces are named right in kCertainAccuracy of the cases; 1, so that every face is uncertain, when
/// none is. With calibrated probabilities that is a cost rule (Chow, 1970, "On optimum recognition
/// error and reject tradeoff") whose cost is stated as the accuracy that it gives.
double uncertainty_threshold(std::span<const Coverage> curve);

}  // namespace mien
