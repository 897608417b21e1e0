#pragma once

#include <cstddef>
#include <span>

#include "mien/expression.h"

namespace mien::train {

/// The temperature with the smallest negative log likelihood (Guo et al., 2017). `logits` holds the
/// same number of values for each label, one for each class. Within 0.05..20.
double fit_temperature(std::span<const float> logits, std::span<const std::size_t> labels);

/// The same for expressions.
double fit_temperature(std::span<const float> logits, std::span<const Expression> labels);

}  // namespace mien::train
