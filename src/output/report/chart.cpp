#include "output/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "output/report/html.h"

namespace mien {
namespace {

constexpr double kLeft = 52;
constexpr double kRight = 14;
constexpr double kTop = 12;
constexpr double kBottom = 44;

/// From the axes' units to the picture's.
class Scale {
 public:
  explicit Scale(const Chart& chart) : chart_(chart) {}

  double right() const { return chart_.width - kRight; }
  double bottom() const { return chart_.height - kBottom; }

  double x(double value) const { return kLeft + share(chart_.across, value) * (right() - kLeft); }
  double y(double value) const { return bottom() - share(chart_.up, value) * (bottom() - kTop); }

 private:
  static double share(const ChartAxis& axis, double value) {
    return std::clamp((value - axis.lowest) / (axis.highest - axis.lowest), 0.0, 1.0);
  }

  const Chart& chart_;
};

std::vector<double> ticks(const ChartAxis& axis) {
  std::vector<double> values;
  const auto count = std::lround((axis.highest - axis.lowest) / axis.step);
  for (long i = 0; i <= count; ++i) {
    values.push_back(axis.lowest + static_cast<double>(i) * axis.step);
  }
  return values;
}

/// As many digits as the step has.
std::string number(double value, const ChartAxis& axis) {
  if (axis.text) return escaped(axis.text(value));
  return fmt::format("{:.{}f}", value, axis.step < 0.1 ? 2 : 1);
}

std::string grid(const Chart& chart, const Scale& scale) {
  std::string svg;
  for (const double value : ticks(chart.up)) {
    svg += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                       R"(<text class="axis" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                       kLeft, scale.right(), scale.y(value), scale.y(value), kLeft - 7,
                       scale.y(value) + 4, number(value, chart.up));
  }
  for (const double value : ticks(chart.across)) {
    svg += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)"
                       R"(<text class="axis" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                       scale.x(value), scale.x(value), kTop, scale.bottom(), scale.x(value),
                       scale.bottom() + 17, number(value, chart.across));
  }
  const double middle = (kTop + scale.bottom()) / 2;
  svg += fmt::format(R"(<text class="axis label" x="{:.1f}" y="{}" text-anchor="middle">{}</text>)"
                     R"(<text class="axis label" x="12" y="{:.1f}" text-anchor="middle" )"
                     R"svg(transform="rotate(-90 12 {:.1f})">{}</text>)svg",
                     (kLeft + scale.right()) / 2, chart.height - 8, escaped(chart.across.label),
                     middle, middle, escaped(chart.up.label));
  return svg;
}

std::string polyline(const ChartPoints& points, const Scale& scale, const char* kind) {
  if (points.empty()) return {};
  constexpr double kVisible = 0.4;
  std::string path;
  double last_x = 0;
  double last_y = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = scale.x(points[i].first);
    const double y = scale.y(points[i].second);
    const bool is_end = i == 0 || i + 1 == points.size();
    if (!is_end && std::abs(x - last_x) < kVisible && std::abs(y - last_y) < kVisible) continue;
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x, y);
    last_x = x;
    last_y = y;
  }
  return fmt::format(R"(<polyline class="{}" points="{}"/>)", kind, path);
}

std::string bars(const Chart& chart, const Scale& scale) {
  std::string svg;
  for (const auto& bar : chart.bars) {
    const double left = scale.x(bar.left) + 1;
    const double top = scale.y(bar.height);
    svg +=
        fmt::format(R"(<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                    left, top, std::max(1.0, scale.x(bar.right) - left - 1), scale.bottom() - top);
  }
  return svg;
}

std::string band(const Chart& chart, const Scale& scale) {
  if (chart.band.empty()) return {};
  std::string there;
  std::string back;
  for (const auto& [x, low, high] : chart.band) {
    there += fmt::format("{:.1f},{:.1f} ", scale.x(x), scale.y(high));
    back.insert(0, fmt::format("{:.1f},{:.1f} ", scale.x(x), scale.y(low)));
  }
  return fmt::format(R"(<polygon class="band" points="{}{}"/>)", there, back);
}

std::string dots(const Chart& chart, const Scale& scale) {
  std::string svg;
  for (const auto& [x, y] : chart.dots) {
    svg += fmt::format(R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>)", scale.x(x),
                       scale.y(y));
  }
  return svg;
}

std::string marks(const Chart& chart, const Scale& scale) {
  std::string svg;
  for (const auto& mark : chart.marks) {
    const double x = scale.x(mark.x);
    const bool is_right = x > (kLeft + scale.right()) / 2;
    svg += fmt::format(R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="5"/>)"
                       R"(<text class="mark" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                       x, scale.y(mark.y), is_right ? x - 10 : x + 10, scale.y(mark.y) + 20,
                       is_right ? "end" : "start", escaped(mark.text));
  }
  return svg;
}

}  // namespace

std::string to_svg(const Chart& chart) {
  const Scale scale(chart);
  return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}{}{}{}</svg>)",
                     chart.width, chart.height, escaped(chart.description), grid(chart, scale),
                     band(chart, scale), bars(chart, scale), polyline(chart.guide, scale, "guide"),
                     polyline(chart.line, scale, "line"), dots(chart, scale), marks(chart, scale));
}

}  // namespace mien
