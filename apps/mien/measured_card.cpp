#include "measured_card.h"

#include <vector>

#include "core/calibration.h"

namespace mien::apps {

Evaluation calibrate_card(ModelCard& card, std::span<const Probabilities> raw,
                          std::span<const Expression> labels) {
  card.temperature = fit_temperature(logits_of(raw), labels);
  std::vector<Probabilities> calibrated;
  for (const auto& face : raw) calibrated.push_back(tempered(face, card.temperature));
  card.uncertain_below = uncertainty_threshold(coverage_curve(calibrated, labels));

  const auto evaluation = evaluate(calibrated, labels);
  card.metrics["accuracy"] = evaluation.accuracy;
  card.metrics["balanced_accuracy"] = evaluation.balanced_accuracy;
  card.metrics["macro_f1"] = evaluation.macro_f1;
  card.metrics["ece"] = evaluation.ece;
  card.metrics["nll"] = evaluation.nll;
  card.confusion.clear();
  for (const auto& row : evaluation.confusion) card.confusion.emplace_back(row.begin(), row.end());
  return evaluation;
}

}  // namespace mien::apps
