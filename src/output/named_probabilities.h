#pragma once

#include <nlohmann/json.hpp>

#include "mien/expression.h"

namespace mien {

/// {"angry":0.01,...}: one number per expression, as all outputs give them.
nlohmann::ordered_json named(const Probabilities& probabilities);

}  // namespace mien
