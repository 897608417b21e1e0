#pragma once

#include <span>

#include "core/evaluation.h"
#include "mien/model_card.h"

namespace mien::apps {

/// Fits what is calibrated on labelled faces, and writes it onto the card together with how well
/// the model then does on them: temperature, uncertain_below, metrics, confusion. `said` is what
/// the model says of the faces at the card's temperature so far. Returns what it does at the new
/// one.
Evaluation calibrate_card(ModelCard& card, std::span<const Probabilities> said,
                          std::span<const Expression> labels);

}  // namespace mien::apps
