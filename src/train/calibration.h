#pragma once

#include <span>

#include "mien/expression.h"

namespace mien::train {

/// The temperature with the smallest negative log likelihood (Guo et al., 2017). `logits` holds
/// kExpressionCount values for each label. Within 0.05..20.
double fit_temperature(std::span<const float> logits, std::span<const Expression> labels);

}  // namespace mien::train
