#include "core/evaluation.h"

#include <algorithm>
#include <cmath>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::size_t kBins = 15;
constexpr float kSmallestProbability = 1e-12F;

std::size_t index(Expression expression) { return static_cast<std::size_t>(expression); }

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

double calibration_error(std::span<const Probabilities> predictions,
                         std::span<const Expression> labels) {
  struct Bin {
    double confidence = 0;
    double correct = 0;
  };
  std::array<Bin, kBins> bins{};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto predicted = most_probable(predictions[i]);
    const double confidence = predictions[i][index(predicted)];
    const auto place = static_cast<std::size_t>(confidence * kBins);
    auto& bin = bins[std::min(place, kBins - 1)];
    bin.confidence += confidence;
    bin.correct += predicted == labels[i] ? 1 : 0;
  }
  double sum = 0;
  for (const auto& bin : bins) sum += std::abs(bin.correct - bin.confidence);
  return sum / static_cast<double>(labels.size());
}

ClassScore score(const Evaluation& evaluation, std::size_t label) {
  ClassScore result;
  std::size_t called = 0;
  for (std::size_t other = 0; other < kExpressionCount; ++other) {
    called += evaluation.confusion[other][label];
    result.support += evaluation.confusion[label][other];
  }
  const auto right = evaluation.confusion[label][label];
  result.precision = share(right, called);
  result.recall = share(right, result.support);
  result.f1 = share(2 * right, called + result.support);
  return result;
}

}  // namespace

Evaluation evaluate(std::span<const Probabilities> predictions,
                    std::span<const Expression> labels) {
  if (predictions.size() != labels.size() || labels.empty()) {
    throw Error(ErrorCode::internal, "evaluate: expected one prediction for each label");
  }
  Evaluation result;
  result.n = labels.size();
  std::size_t correct = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto predicted = most_probable(predictions[i]);
    ++result.confusion[index(labels[i])][index(predicted)];
    correct += predicted == labels[i] ? 1 : 0;
    result.nll -= std::log(std::max(predictions[i][index(labels[i])], kSmallestProbability));
  }
  result.accuracy = share(correct, result.n);
  result.nll /= static_cast<double>(result.n);
  result.ece = calibration_error(predictions, labels);

  std::size_t occurring = 0;
  for (std::size_t label = 0; label < kExpressionCount; ++label) {
    result.per_class[label] = score(result, label);
    if (result.per_class[label].support == 0) continue;
    ++occurring;
    result.balanced_accuracy += result.per_class[label].recall;
    result.macro_f1 += result.per_class[label].f1;
  }
  result.balanced_accuracy /= static_cast<double>(occurring);
  result.macro_f1 /= static_cast<double>(occurring);
  return result;
}

}  // namespace mien
