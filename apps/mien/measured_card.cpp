#include "measured_card.h"

#include <algorithm>
#include <vector>

#include "core/calibration.h"

namespace mien::apps {
namespace {

using Offsets = std::array<double, kExpressionCount>;

/// A card of a file names the expressions in their order.
Offsets offsets_of(const ModelCard& card) {
  Offsets offsets{};
  std::copy(card.logit_offsets.begin(), card.logit_offsets.end(), offsets.begin());
  return offsets;
}

/// The network's own, without what the card adds.
std::vector<float> raw_logits(std::span<const Probabilities> said, const ModelCard& card) {
  const auto offsets = offsets_of(card);
  auto logits = logits_of(said);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = static_cast<float>(logits[i] * card.temperature - offsets[i % kExpressionCount]);
  }
  return logits;
}

}  // namespace

Evaluation calibrate_card(ModelCard& card, std::span<const Probabilities> said,
                          std::span<const Expression> labels) {
  constexpr double kLowest = 0.01;
  constexpr double kHighest = 99;  // of what a card may say
  const double before = card.temperature;
  card.temperature =
      std::clamp(before * fit_temperature(logits_of(said), labels), kLowest, kHighest);
  std::vector<Probabilities> calibrated;
  for (const auto& face : said) calibrated.push_back(tempered(face, card.temperature / before));
  card.uncertain_below = uncertainty_threshold(coverage_curve(calibrated, labels));

  const auto evaluation = evaluate(calibrated, labels);
  card.metrics["accuracy"] = evaluation.accuracy;
  card.metrics["balanced_accuracy"] = evaluation.balanced_accuracy;
  card.metrics["macro_f1"] = evaluation.macro_f1;
  card.metrics["ece"] = evaluation.ece;
  card.metrics["nll"] = evaluation.nll;
  card.confusion = evaluation.confusion;
  return evaluation;
}

void balance_card(ModelCard& card, std::span<const Probabilities> said,
                  std::span<const Expression> labels,
                  const std::array<std::size_t, kExpressionCount>& training_faces) {
  const auto balance = fit_balance(raw_logits(said, card), labels, training_faces);
  card.logit_offsets.clear();
  if (balance.strength > 0) {
    card.logit_offsets.assign(balance.offsets.begin(), balance.offsets.end());
  }
}

std::vector<Probabilities> recalibrated(std::span<const Probabilities> said, const ModelCard& from,
                                        const ModelCard& to) {
  std::vector<Probabilities> result;
  for (const auto& face : with_offsets(raw_logits(said, from), offsets_of(to))) {
    result.push_back(tempered(face, to.temperature));
  }
  return result;
}

}  // namespace mien::apps
