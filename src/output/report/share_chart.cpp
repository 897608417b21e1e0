#include "output/report/share_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "output/report/html.h"

namespace mien {
namespace {

/// From the lower edge. The negative ones stand together on it, so that their sum is easy to see.
constexpr std::array<Expression, kExpressionCount> kStacked = {
    Expression::angry,   Expression::disgust,  Expression::fear, Expression::sad,
    Expression::neutral, Expression::surprise, Expression::happy};

/// Units of the part that is stretched to the page's width.
constexpr double kWide = 10000;
constexpr double kHigh = 1000;

constexpr double kTop = 20;
constexpr double kPlot = 130;
constexpr double kBottom = 24;

double share_of(const Shares& shares, Expression expression) {
  return std::clamp(shares.at(static_cast<std::size_t>(expression)), 0.0, 1.0);
}

/// Rectangles of one colour. One that continues the last is joined with it.
class Path {
 public:
  void add(long x, long width, long y, long height) {
    if (height <= 0 || width <= 0) return;
    if (width_ > 0 && x_ + width_ == x && y_ == y && height_ == height) {
      width_ += width;
      return;
    }
    flush();
    x_ = x;
    width_ = width;
    y_ = y;
    height_ = height;
  }

  std::string svg(std::string_view kind) {
    flush();
    return text_.empty() ? "" : fmt::format(R"(<path class="{}" d="{}"/>)", kind, text_);
  }

 private:
  void flush() {
    if (width_ > 0) text_ += fmt::format("M{} {}h{}v{}h-{}z", x_, y_, width_, height_, width_);
    width_ = 0;
  }

  std::string text_;
  long x_ = 0;
  long width_ = 0;
  long y_ = 0;
  long height_ = 0;
};

/// Along the axis, in 0..1.
double place(const ShareChart& chart, double x) {
  return chart.longest > 0 ? std::clamp(x / chart.longest, 0.0, 1.0) : 0.0;
}

std::string stack(const ShareChart& chart) {
  std::array<Path, kExpressionCount> paths;
  for (const auto& column : chart.columns) {
    const auto left = std::lround(kWide * place(chart, column.left));
    const auto right = std::lround(kWide * place(chart, column.right));
    double sum = 0;
    for (std::size_t i = 0; i < kStacked.size(); ++i) {
      const auto low = std::lround(kHigh * std::min(1.0, sum));
      sum += share_of(column.shares, kStacked[i]);
      const auto high = std::lround(kHigh * std::min(1.0, sum));
      paths[i].add(left, right - left, static_cast<long>(kHigh) - high, high - low);
    }
  }
  std::string svg = fmt::format(
      R"(<svg y="{}" width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">)",
      kTop, kPlot, kWide, kHigh);
  for (std::size_t i = 0; i < kStacked.size(); ++i) svg += paths[i].svg(name(kStacked[i]));
  return svg + "</svg>";
}

std::string grid(const ShareChart& chart) {
  std::string svg =
      fmt::format(R"(<rect class="empty" y="{}" width="100%" height="{}"/>)", kTop, kPlot);
  for (const int share : {0, 50, 100}) {
    const double y = kTop + kPlot * (100 - share) / 100;
    svg += fmt::format(R"(<text class="axis" x="-8" y="{}" text-anchor="end">{}%</text>)", y + 4,
                       share);
  }
  for (std::size_t i = 0; i < chart.ticks.size(); ++i) {
    const double x = 100 * place(chart, chart.ticks[i].x);
    const auto* kind = i % 2 == 0 ? "" : " minor";
    svg += fmt::format(
        R"(<line class="grid" x1="{0:.2f}%" x2="{0:.2f}%" y1="{1}" y2="{2}"/>)"
        R"(<text class="axis{3}" x="{0:.2f}%" y="{4}" text-anchor="middle">{5}</text>)",
        x, kTop + kPlot, kTop + kPlot + 5, kind, kTop + kPlot + 20, escaped(chart.ticks[i].text));
  }
  return svg;
}

/// Texts that would stand in each other are left out; on a narrow page, more of them.
std::string flags(const ShareChart& chart) {
  constexpr double kApart = 0.02;
  constexpr double kApartOnPhone = 0.07;
  double last = -1;
  double last_on_phone = -1;
  std::string svg;
  for (const auto& flag : chart.flags) {
    const double x = place(chart, flag.x);
    svg += fmt::format(R"(<line class="flag" x1="{0:.2f}%" x2="{0:.2f}%" y1="{1}" y2="{2}"/>)",
                       100 * x, kTop - 4, kTop + kPlot);
    if (flag.text.empty() || x - last < kApart) continue;
    last = x;
    const bool is_minor = x - last_on_phone < kApartOnPhone;
    if (!is_minor) last_on_phone = x;
    svg += fmt::format(R"(<text class="flag{}" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>)",
                       is_minor ? " minor" : "", 100 * x, kTop - 7, escaped(flag.text));
  }
  return svg;
}

}  // namespace

std::string to_svg(const ShareChart& chart) {
  return fmt::format(R"(<div class="shares"><svg style="height:{}px" role="img" aria-label="{}">)"
                     R"({}{}{}</svg></div>)",
                     kTop + kPlot + kBottom, escaped(chart.description), grid(chart), stack(chart),
                     flags(chart));
}

std::string share_bar(const Shares& shares) {
  std::string svg = R"(<svg class="share-bar" aria-hidden="true">)"
                    R"(<rect class="empty" width="100%" height="100%"/>)";
  double left = 0;
  for (const auto expression : kStacked) {
    const double width = 100 * std::min(share_of(shares, expression), 1 - left / 100);
    if (width > 0) {
      svg += fmt::format(R"(<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>)",
                         name(expression), left, width);
    }
    left += width;
  }
  return svg + "</svg>";
}

std::string share_legend() {
  std::string list = R"(<ul class="legend">)";
  for (const auto expression : kStacked) {
    list += fmt::format(R"(<li><svg aria-hidden="true"><rect class="{0}" width="100%" )"
                        R"(height="100%"/></svg>{0}</li>)",
                        name(expression));
  }
  return list + "</ul>";
}

}  // namespace mien
