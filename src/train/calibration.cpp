#include "train/calibration.h"

#include <cmath>
#include <vector>

namespace mien::train {
namespace {

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

}  // namespace mien::train
