#include "measured_card.h"

#include <algorithm>
#include <vector>

#include "core/calibration.h"

namespace mien::apps {

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

}  // namespace mien::apps
