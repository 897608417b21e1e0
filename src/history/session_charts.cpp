#include "history/session_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "history/session_text.h"
#include "output/report/html.h"

namespace mien {
namespace {

constexpr double kHour = 3600;

struct Line {
  std::string label;
  std::string description;
  std::vector<ShareColumn> columns;
};

double tick_step(double longest) {
  constexpr std::array<double, 17> kSteps = {1,   2,    5,    10,   15,    30,    60,    120,  300,
                                             600, 1200, 1800, 3600, 10800, 21600, 43200, 86400};
  constexpr double kMost = 10;
  const auto* const found =
      std::ranges::find_if(kSteps, [&](double step) { return longest / step <= kMost; });
  return found == kSteps.end() ? longest / kMost : *found;
}

std::vector<ShareTick> ticks_of(double longest) {
  const double step = tick_step(longest);
  std::vector<ShareTick> ticks;
  for (int i = 0; i * step <= longest; ++i) {
    const double x = i * step;
    const auto minutes = static_cast<long long>(x) / 60;
    ticks.push_back({x, longest > kHour ? fmt::format("{}:{:02} h", minutes / 60, minutes % 60)
                                        : clock_text(x)});
  }
  return ticks;
}

/// The charts' numbers for who cannot see them, in about as many rows as one reads.
std::string numbers_of(const Line& line, double duration) {
  constexpr int kRows = 12;
  const double length = std::max(1.0, duration / kRows);
  std::string rows;
  for (int i = 0; i < kRows; ++i) {
    Shares sum{};
    double whole = 0;
    for (const auto& column : line.columns) {
      const double overlap =
          std::min(column.right, (i + 1) * length) - std::max(column.left, i * length);
      if (overlap <= 0) continue;
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += overlap * column.shares[j];
    }
    for (const double share : sum) whole += share;
    if (whole <= 0) continue;
    for (auto& share : sum) share /= whole;
    rows += fmt::format(R"(<tr><th scope="row">{} to {}</th>{}</tr>)", clock_text(i * length),
                        clock_text(std::min((i + 1) * length, duration)), share_cells(sum));
  }
  const auto table = fmt::format(
      R"(<table class="wide"><thead><tr><th scope="col">time</th>{}</tr></thead><tbody>{}</tbody></table>)",
      expression_heads(), rows);
  return "<details><summary>The numbers</summary>" +
         scrolling("Shares over time of " + line.label, table) + "</details>";
}

std::string chart_of(const Line& line, double duration, const Moments& moments) {
  const ShareChart chart{.description = line.description,
                         .longest = duration,
                         .columns = line.columns,
                         .ticks = ticks_of(duration),
                         .flags = moments};
  return to_svg(chart) + share_legend() + numbers_of(line, duration);
}

ShareColumn column_of(long long begin, long long length, double duration) {
  const auto left = static_cast<double>(begin);
  return {left, std::max(left, std::min(duration, static_cast<double>(begin + length))), {}};
}

/// An axis of no length has no places.
double axis_of(const SessionView& view) { return std::max(1.0, view.duration); }

}  // namespace

std::string time_line(const SessionView& view, const Participant& participant,
                      const Moments& moments) {
  Line line;
  line.label = name_of(view.info, participant) + " in " + name_of(view.info);
  line.description =
      "Shares of the expressions of " + name_of(view.info, participant) + " over the session";
  const auto found = view.stretches.find(participant.number);
  if (found == view.stretches.end()) return {};
  for (const auto& stretch : found->second) {
    auto column = column_of(stretch.begin, stretch.length, axis_of(view));
    const double seen = std::min(1.0, stretch.seen / std::max(1.0, column.right - column.left));
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      column.shares[i] = seen * static_cast<double>(stretch.shares[i]);
    }
    line.columns.push_back(column);
  }
  return chart_of(line, axis_of(view), moments);
}

std::string group_line(const SessionView& view, const Moments& moments) {
  Line line;
  line.label = "the class in " + name_of(view.info);
  line.description = "Shares of the expressions of the class over the session";
  for (const auto& stretch : view.group) {
    auto column = column_of(stretch.begin, stretch.length, axis_of(view));
    std::ranges::copy(stretch.shares, column.shares.begin());
    line.columns.push_back(column);
  }
  return chart_of(line, axis_of(view), moments);
}

Shares group_shares(const SessionView& view) {
  Shares shares{};
  double whole = 0;
  for (const auto& stretch : view.group) {
    whole += stretch.seen;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      shares[i] += stretch.seen * static_cast<double>(stretch.shares[i]);
    }
  }
  if (whole > 0) {
    for (auto& share : shares) share /= whole;
  }
  return shares;
}

double group_size(const SessionView& view) {
  double sum = 0;
  for (const auto& stretch : view.group) sum += stretch.seen;
  return view.group.empty() ? 0 : sum / static_cast<double>(view.group.size());
}

std::string column_head(std::string_view text) {
  return fmt::format(R"(<th scope="col">{}</th>)", text);
}

std::string expression_heads() {
  std::string heads;
  for (const auto expression : all_expressions()) heads += column_head(name(expression));
  return heads;
}

std::string share_cells(std::span<const double> shares) {
  std::string cells;
  for (const double share : shares) cells += fmt::format("<td>{}</td>", percent(share, 0));
  return cells;
}

}  // namespace mien
