#include "mien/expression.h"

#include <algorithm>
#include <cmath>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::array<std::string_view, kExpressionCount> kNames = {
    "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};

}  // namespace

std::string_view name(Expression expression) {
  return kNames.at(static_cast<std::size_t>(expression));
}

std::optional<Expression> expression_from_name(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Expression>(found - kNames.begin());
}

const std::array<Expression, kExpressionCount>& all_expressions() {
  static constexpr std::array<Expression, kExpressionCount> all = {
      Expression::angry, Expression::disgust,  Expression::fear,   Expression::happy,
      Expression::sad,   Expression::surprise, Expression::neutral};
  return all;
}

Expression most_probable(const Probabilities& probabilities) {
  const auto largest = std::max_element(probabilities.begin(), probabilities.end());
  return static_cast<Expression>(largest - probabilities.begin());
}

Probabilities softmax(std::span<const float> logits, double temperature) {
  if (logits.size() != kExpressionCount || !(temperature > 0)) {
    throw Error(ErrorCode::internal, "softmax: expected 7 logits and a positive temperature");
  }
  const double largest = *std::max_element(logits.begin(), logits.end());
  std::array<double, kExpressionCount> exponentials{};
  double sum = 0;
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    exponentials[i] = std::exp((logits[i] - largest) / temperature);
    sum += exponentials[i];
  }
  Probabilities probabilities{};
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    probabilities[i] = static_cast<float>(exponentials[i] / sum);
  }
  return probabilities;
}

}  // namespace mien
