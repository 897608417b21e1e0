#pragma once

#include <array>
#include <string>
#include <vector>

#include "mien/expression.h"

namespace mien {

using Shares = std::array<double, kExpressionCount>;

/// Shares of the expressions in a part of the axis. What they lack to 1 stays empty.
struct ShareColumn {
  double left = 0;
  double right = 0;
  Shares shares{};
};

struct ShareTick {
  double x = 0;
  std::string text;
};

/// An upright line, with a short text on its top where there is space.
struct ShareFlag {
  double x = 0;
  std::string text;
};

/// Stacked shares over time, as wide as the page: its height and its text keep their size on a
/// phone.
struct ShareChart {
  std::string description = {};  ///< of the whole, for who cannot see it
  double longest = 1;            ///< where the axis ends; it begins at 0
  std::vector<ShareColumn> columns = {};
  std::vector<ShareTick> ticks = {};
  std::vector<ShareFlag> flags = {};
};

std::string to_svg(const ShareChart& chart);

/// One column, lying.
std::string share_bar(const Shares& shares);

/// What colour stands for which expression, in the order in which they are stacked.
std::string share_legend();

}  // namespace mien
