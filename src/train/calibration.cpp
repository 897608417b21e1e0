#include "train/calibration.h"

#include <cmath>

namespace mien::train {
namespace {

double negative_log_likelihood(std::span<const float> logits, std::span<const Expression> labels,
                               double temperature) {
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.subspan(i * kExpressionCount, kExpressionCount);
    double exponentials = 0;
    const double own = row[static_cast<std::size_t>(labels[i])];
    for (const auto logit : row) exponentials += std::exp((logit - own) / temperature);
    sum += std::log(exponentials);
  }
  return sum;
}

}  // namespace

double fit_temperature(std::span<const float> logits, std::span<const Expression> labels) {
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

}  // namespace mien::train
