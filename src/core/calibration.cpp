#include "core/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/evaluation.h"
#include "mien/error.h"

namespace mien {
namespace {

constexpr float kSmallestProbability = 1e-30F;
constexpr int kThresholds = 100;

double negative_log_likelihood(std::span<const float> logits, std::span<const std::size_t> labels,
                               double temperature) {
  const auto classes = logits.size() / labels.size();
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.subspan(i * classes, classes);
    double exponentials = 0;
    const double own = row[labels[i]];
    for (const auto logit : row) exponentials += std::exp((logit - own) / temperature);
    sum += std::log(exponentials);
  }
  return sum;
}

}  // namespace

double fit_temperature(std::span<const float> logits, std::span<const std::size_t> labels) {
  // Golden-section search over the logarithm: the likelihood has one optimum in the temperature.
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.05);
  double high = std::log(20.0);
  for (int step = 0; step < 60; ++step) {
    const double left = high - ratio * (high - low);
    const double right = low + ratio * (high - low);
    if (negative_log_likelihood(logits, labels, std::exp(left)) <
        negative_log_likelihood(logits, labels, std::exp(right))) {
      high = right;
    } else {
      low = left;
    }
  }
  return std::exp((low + high) / 2);
}

double fit_temperature(std::span<const float> logits, std::span<const Expression> labels) {
  std::vector<std::size_t> indices;
  for (const auto label : labels) indices.push_back(static_cast<std::size_t>(label));
  return fit_temperature(logits, indices);
}

Balance fit_balance(std::span<const float> logits, std::span<const Expression> labels,
                    const std::array<std::size_t, kExpressionCount>& training_faces) {
  constexpr int kSteps = 20;
  const auto all = std::accumulate(training_faces.begin(), training_faces.end(), 0.0);
  Balance best;
  double least_accuracy = 0;
  double most_balanced = 0;
  for (int step = 0; step <= kSteps; ++step) {
    Balance balance{.strength = step / static_cast<double>(kSteps), .offsets = {}};
    for (std::size_t e = 0; e < kExpressionCount; ++e) {
      balance.offsets[e] =
          -balance.strength * std::log(static_cast<double>(training_faces[e]) / all);
    }
    const auto evaluation = evaluate(with_offsets(logits, balance.offsets), labels);
    if (step == 0) least_accuracy = evaluation.accuracy;
    const bool better = step == 0 || (evaluation.accuracy >= least_accuracy &&
                                      evaluation.balanced_accuracy > most_balanced);
    if (!better) continue;
    most_balanced = evaluation.balanced_accuracy;
    best = balance;
  }
  return best;
}

std::vector<Probabilities> with_offsets(std::span<const float> logits,
                                        const std::array<double, kExpressionCount>& offsets) {
  std::vector<Probabilities> result;
  std::array<float, kExpressionCount> moved{};
  for (auto rest = logits; !rest.empty(); rest = rest.subspan(kExpressionCount)) {
    for (std::size_t e = 0; e < kExpressionCount; ++e) {
      moved[e] = rest[e] + static_cast<float>(offsets[e]);
    }
    result.push_back(softmax(moved, 1));
  }
  return result;
}

std::vector<float> logits_of(std::span<const Probabilities> probabilities) {
  std::vector<float> logits;
  logits.reserve(probabilities.size() * kExpressionCount);
  for (const auto& face : probabilities) {
    for (const auto p : face) logits.push_back(std::log(std::max(p, kSmallestProbability)));
  }
  return logits;
}

Probabilities tempered(const Probabilities& probabilities, double temperature) {
  return softmax(logits_of({&probabilities, 1}), temperature);
}

Probabilities mean_of(std::span<const Probabilities> opinions) {
  if (opinions.empty()) throw Error(ErrorCode::internal, "mean_of: no opinion");
  if (opinions.size() == 1) return opinions.front();
  std::array<double, kExpressionCount> sums{};
  for (const auto& opinion : opinions) {
    for (std::size_t e = 0; e < kExpressionCount; ++e) sums[e] += opinion[e];
  }
  Probabilities mean{};
  for (std::size_t e = 0; e < kExpressionCount; ++e) {
    mean[e] = static_cast<float>(sums[e] / static_cast<double>(opinions.size()));
  }
  return mean;
}

std::vector<Coverage> coverage_curve(std::span<const Probabilities> predictions,
                                     std::span<const Expression> labels) {
  if (predictions.size() != labels.size() || labels.empty()) {
    throw Error(ErrorCode::internal, "coverage_curve: expected one prediction for each label");
  }
  std::vector<Coverage> curve;
  for (int hundredths = 0; hundredths < kThresholds; ++hundredths) {
    const double threshold = hundredths / static_cast<double>(kThresholds);
    std::size_t kept = 0;
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto said = most_probable(predictions[i]);
      if (predictions[i][static_cast<std::size_t>(said)] < threshold) continue;
      ++kept;
      right += said == labels[i] ? 1 : 0;
    }
    if (kept == 0) break;
    curve.push_back({threshold, static_cast<double>(kept) / static_cast<double>(labels.size()),
                     static_cast<double>(right) / static_cast<double>(kept)});
  }
  return curve;
}

double uncertainty_threshold(std::span<const Coverage> curve) {
  for (const auto& point : curve) {
    if (point.accuracy >= kCertainAccuracy) return point.threshold;
  }
  return 1;
}

}  // namespace mien
