#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mien::train {

/// Named numbers in the order in which they are shown.
using Measures = std::vector<std::pair<std::string, double>>;

}  // namespace mien::train
