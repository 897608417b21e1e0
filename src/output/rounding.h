#pragma once

#include <cmath>

namespace mien {

/// To four decimals: what lies beyond is noise, and lines stay short.
inline double rounded(double value) { return std::round(value * 1e4) / 1e4; }

}  // namespace mien
