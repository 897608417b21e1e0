#pragma once

#include <span>
#include <string>

#include "core/evaluation.h"
#include "mien/model_card.h"

namespace mien::apps {

/// Fits what is calibrated on labelled faces, and writes it onto the card together with how well
/// the model then does on them: temperature, uncertain_below, metrics, confusion. `raw` is what the
/// model says at a temperature of 1. Returns what it does at the card's.
Evaluation calibrate_card(ModelCard& card, std::span<const Probabilities> raw,
                          std::span<const Expression> labels);

}  // namespace mien::apps
