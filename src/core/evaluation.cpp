#include "core/evaluation.h"

#include <algorithm>
#include <cmath>

#include "mien/error.h"

namespace mien {
namespace {

constexpr float kSmallestProbability = 1e-12F;

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Predictions beside the truth, as numbers of classes.
struct Answers {
  std::span<const float> predictions;
  std::size_t classes;
  std::span<const std::size_t> labels;

  std::span<const float> row(std::size_t face) const {
    return predictions.subspan(face * classes, classes);
  }

  /// The first of equals.
  std::size_t said(std::size_t face) const {
    const auto probabilities = row(face);
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
  }
};

void check(const Answers& answers) {
  const auto in_range = [&](std::size_t label) { return label < answers.classes; };
  if (answers.labels.empty() ||
      answers.predictions.size() != answers.labels.size() * answers.classes ||
      !std::all_of(answers.labels.begin(), answers.labels.end(), in_range)) {
    throw Error(ErrorCode::internal, "evaluate: expected one prediction for each label");
  }
}

std::vector<ReliabilityBin> bins_of(const Answers& answers) {
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  for (std::size_t i = 0; i < answers.labels.size(); ++i) {
    const auto said = answers.said(i);
    const double confidence = answers.row(i)[said];
    const auto place = static_cast<std::size_t>(confidence * kReliabilityBins);
    auto& bin = bins[std::min(place, kReliabilityBins - 1)];
    ++bin.n;
    bin.confidence += confidence;
    bin.accuracy += said == answers.labels[i] ? 1 : 0;
  }
  for (auto& bin : bins) {
    if (bin.n == 0) continue;
    bin.confidence /= static_cast<double>(bin.n);
    bin.accuracy /= static_cast<double>(bin.n);
  }
  return bins;
}

double calibration_error(const Answers& answers) {
  double sum = 0;
  for (const auto& bin : bins_of(answers)) {
    sum += static_cast<double>(bin.n) * std::abs(bin.accuracy - bin.confidence);
  }
  return sum / static_cast<double>(answers.labels.size());
}

ClassScore score(const Evaluation& evaluation, std::size_t label) {
  ClassScore result;
  std::size_t called = 0;
  for (std::size_t other = 0; other < evaluation.confusion.size(); ++other) {
    called += evaluation.confusion[other][label];
    result.support += evaluation.confusion[label][other];
  }
  const auto right = evaluation.confusion[label][label];
  result.precision = share(right, called);
  result.recall = share(right, result.support);
  result.f1 = share(2 * right, called + result.support);
  return result;
}

void score_classes(Evaluation& evaluation) {
  std::size_t occurring = 0;
  for (std::size_t label = 0; label < evaluation.confusion.size(); ++label) {
    const auto& result = evaluation.per_class.emplace_back(score(evaluation, label));
    if (result.support == 0) continue;
    ++occurring;
    evaluation.balanced_accuracy += result.recall;
    evaluation.macro_f1 += result.f1;
  }
  evaluation.balanced_accuracy /= static_cast<double>(occurring);
  evaluation.macro_f1 /= static_cast<double>(occurring);
}

std::span<const float> values_of(std::span<const Probabilities> predictions) {
  return {predictions.empty() ? nullptr : predictions.front().data(),
          predictions.size() * kExpressionCount};
}

std::vector<std::size_t> numbers_of(std::span<const Expression> labels) {
  std::vector<std::size_t> numbers;
  numbers.reserve(labels.size());
  for (const auto label : labels) numbers.push_back(static_cast<std::size_t>(label));
  return numbers;
}

}  // namespace

Evaluation evaluate(std::span<const float> predictions, std::size_t classes,
                    std::span<const std::size_t> labels) {
  const Answers answers{predictions, classes, labels};
  check(answers);
  Evaluation result;
  result.n = labels.size();
  result.confusion.assign(classes, std::vector<std::size_t>(classes));
  std::size_t correct = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto said = answers.said(i);
    ++result.confusion[labels[i]][said];
    correct += said == labels[i] ? 1 : 0;
    result.nll -= std::log(std::max(answers.row(i)[labels[i]], kSmallestProbability));
  }
  result.accuracy = share(correct, result.n);
  result.nll /= static_cast<double>(result.n);
  result.ece = calibration_error(answers);
  score_classes(result);
  return result;
}

Evaluation evaluate(std::span<const Probabilities> predictions,
                    std::span<const Expression> labels) {
  return evaluate(values_of(predictions), kExpressionCount, numbers_of(labels));
}

std::vector<ReliabilityBin> reliability(std::span<const Probabilities> predictions,
                                        std::span<const Expression> labels) {
  const auto numbers = numbers_of(labels);
  const Answers answers{values_of(predictions), kExpressionCount, numbers};
  check(answers);
  return bins_of(answers);
}

}  // namespace mien
