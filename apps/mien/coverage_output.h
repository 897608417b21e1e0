#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "core/calibration.h"

namespace mien::apps {

/// [{"threshold": 0.0, "coverage": 1.0, "accuracy": 0.7}, ...].
nlohmann::ordered_json coverage_to_json(std::span<const Coverage> curve);

/// What some thresholds keep, and what the model's own does.
void print_coverage(std::span<const Coverage> curve, double uncertain_below);

}  // namespace mien::apps
