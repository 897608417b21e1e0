#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/evaluation.h"
#include "mien/model_card.h"

namespace mien::apps {

/// Fits what is calibrated on labelled faces, and writes it onto the card together with how well
/// the model then does on them: temperature, uncertain_below, metrics, confusion. `said` is what
/// the model says of the faces at the card's temperature so far. Returns what it does at the new
/// one.
Evaluation calibrate_card(ModelCard& card, std::span<const Probabilities> said,
                          std::span<const Expression> labels);

/// Fits the card's logit_offsets, in place of those it has (fit_balance). `said` as above.
void balance_card(ModelCard& card, std::span<const Probabilities> said,
                  std::span<const Expression> labels,
                  const std::array<std::size_t, kExpressionCount>& training_faces);

/// What a model that says this with one card would say with the temperature and the logit_offsets
/// of another.
std::vector<Probabilities> recalibrated(std::span<const Probabilities> said, const ModelCard& from,
                                        const ModelCard& to);

}  // namespace mien::apps
