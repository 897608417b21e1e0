#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mien {

/// From lowest to highest, with a number at each step.
struct ChartAxis {
  std::string label = {};
  double lowest = 0;
  double highest = 1;
  double step = 0.2;
  std::function<std::string(double)> text = {};  ///< of a number; without it, its digits
};

/// Points in the axes' units, from left to right.
using ChartPoints = std::vector<std::pair<double, double>>;

/// A rectangle that stands on the lower edge.
struct ChartBar {
  double left = 0;
  double right = 0;
  double height = 0;
};

/// Between two lines at one place.
struct ChartSpan {
  double x = 0;
  double low = 0;
  double high = 0;
};

struct ChartMark {
  double x = 0;
  double y = 0;
  std::string text;
};

/// A chart as inline SVG, whose colours are the page's: classes `grid`, `axis`, `line`, `guide`,
/// `bar`, `band`, `dot`, `mark`. Its text is text.
struct Chart {
  std::string description = {};  ///< of the whole, for who cannot see it
  int width = 520;
  int height = 340;
  ChartAxis across;
  ChartAxis up;
  std::vector<ChartBar> bars = {};
  std::vector<ChartSpan> band = {};  ///< from left to right
  ChartPoints line = {};
  ChartPoints guide = {};  ///< dashed
  ChartPoints dots = {};
  std::vector<ChartMark> marks = {};
};

std::string to_svg(const Chart& chart);

}  // namespace mien
