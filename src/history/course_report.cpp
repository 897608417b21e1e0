#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "history/report_notes.h"
#include "history/session_charts.h"
#include "history/session_report.h"
#include "history/session_text.h"
#include "history/session_view.h"
#include "mien/error.h"
#include "output/report/chart.h"
#include "output/report/html.h"
#include "output/report/share_chart.h"

namespace mien {
namespace {

constexpr double kDay = 86400;
constexpr double kWeek = 7;  // days
constexpr std::size_t kLongestName = 60;

/// What a participant showed in one session.
struct CourseSession {
  SessionInfo info;
  SessionIndicators indicators;

  double day() const { return info.started / kDay; }
  bool says_something() const { return indicators.level != IndicatorLevel::unknown; }
};

/// The share that a chart and its trend are of.
using Share = double SessionIndicators::*;

/// Nothing when nobody is shown by that name in the session.
std::optional<std::vector<RecordedMinute>> minutes_of(const History& history,
                                                      const SessionInfo& info,
                                                      const std::string& name) {
  std::set<int> numbers;  // who left and came again has several
  for (const auto& participant : history.participants(info.id)) {
    if (participant.name == name && is_shown(info, participant)) numbers.insert(participant.number);
  }
  if (numbers.empty()) return std::nullopt;
  auto minutes = history.minutes(info.id);
  std::erase_if(
      minutes, [&](const RecordedMinute& minute) { return !numbers.contains(minute.participant); });
  return minutes;
}

std::vector<CourseSession> course(const History& history, const std::string& name,
                                  const IndicatorOptions& options) {
  std::vector<CourseSession> sessions;
  if (name.empty()) return sessions;
  for (const auto& info : history.sessions()) {
    const auto minutes = minutes_of(history, info, name);
    if (minutes) sessions.push_back({info, indicators_of(*minutes, options)});
  }
  return sessions;
}

std::string session_row(const CourseSession& session, bool with_level) {
  const auto& indicators = session.indicators;
  std::string row = fmt::format(
      R"(<tr><th scope="row">{}<br><small>{}</small></th><td>{}</td><td class="bars">{}</td>)"
      "<td>{}</td><td>{}</td><td>{:.1f}</td>",
      day_text(session.info.started), escaped(name_of(session.info)), length_text(indicators.seen),
      share_bar(indicators.shares), percent(indicators.negative_share, 0),
      percent(indicators.positive_share, 0), indicators.changes_per_minute);
  if (with_level) row += fmt::format("<td>{}</td>", name(indicators.level));
  return row + share_cells(indicators.shares) + "</tr>";
}

std::string table_of(const std::vector<CourseSession>& sessions, bool with_level) {
  std::string table = R"(<table class="wide"><thead><tr>)";
  for (const auto* text : {"session", "seen"}) table += column_head(text);
  table += R"(<th scope="col" class="bars">shares</th>)";
  for (const auto* text : {"negative", "positive", "changes/min"}) table += column_head(text);
  if (with_level) table += column_head("level");
  table += expression_heads() + "</tr></thead><tbody>";
  for (const auto& session : sessions) table += session_row(session, with_level);
  return section("The sessions", "Negative: angry, disgust, fear and sad. Positive: happy.",
                 share_legend() + scrolling("The sessions", table + "</tbody></table>"));
}

std::vector<CoursePoint> points_of(const std::vector<CourseSession>& sessions, Share share) {
  std::vector<CoursePoint> points;
  for (const auto& session : sessions) {
    if (session.says_something()) points.push_back({session.day(), session.indicators.*share});
  }
  return points;
}

std::string points_text(double share) { return fmt::format("{:.1f}", 100 * share); }

std::string trend_text(const std::optional<Trend>& trend) {
  if (!trend) {
    return "A trend needs three sessions at least, of different times, that say something.";
  }
  const auto low = points_text(trend->low);
  const auto high = points_text(trend->high);
  const bool may_be_chance = trend->low <= 0 && trend->high >= 0;
  const auto size = points_text(std::abs(trend->per_week));
  const auto way = size == "0.0" ? std::string("stays about the same")
                                 : fmt::format("{} by {} points a week",
                                               trend->per_week > 0 ? "grows" : "falls", size);
  return fmt::format("It {} (95% interval {} to {}): {}.", way, low, high,
                     may_be_chance ? "may be chance" : "unlikely by chance alone");
}

/// A handful of numbers on the axis.
double step_of(double longest, const std::vector<double>& steps) {
  constexpr double kMost = 6;
  const auto found =
      std::ranges::find_if(steps, [&](double step) { return longest / step <= kMost; });
  return found == steps.end() ? std::ceil(longest / kMost) : *found;
}

/// `weeks` are the axis' units, from `first` on.
void add_trend(const Trend& trend, double first, double weeks, Chart& chart) {
  constexpr int kSteps = 40;
  for (int i = 0; i <= kSteps; ++i) {
    const double week = weeks * i / kSteps;
    const double day = first + kWeek * week;
    const double value = trend.at(day);
    const double margin = trend.margin(day);
    chart.band.push_back({week, value - margin, value + margin});
  }
  chart.guide = {{0, trend.at(first)}, {weeks, trend.at(first + kWeek * weeks)}};
}

std::string chart_of(const std::vector<CourseSession>& sessions, Share share,
                     const std::string& label) {
  const auto points = points_of(sessions, share);
  if (points.empty()) return {};
  const double first = sessions.front().day();
  const double weeks = (points.back().day - first) / kWeek;
  double most = 0;
  for (const auto& point : points) most = std::max(most, point.value);
  const double across = step_of(std::max(1.0, weeks), {1, 2, 4, 8, 13, 26, 52});
  const double up = step_of(most, {0.05, 0.1});
  Chart chart{.description = label + " over the weeks, with the trend and its 95% interval",
              .width = 400,
              .height = 260,
              .across = {.label = "weeks since " + day_text(sessions.front().info.started),
                         .highest = across * std::max(1.0, std::ceil(weeks / across)),
                         .step = across,
                         .text = [](double week) { return fmt::format("{:.0f}", week); }},
              .up = {.label = "",
                     .highest = std::min(1.0, up * std::max(1.0, std::ceil(1.2 * most / up))),
                     .step = up,
                     .text = [](double value) { return percent(value, 0); }}};
  for (const auto& point : points) {
    chart.line.emplace_back((point.day - first) / kWeek, point.value);
  }
  chart.dots = chart.line;
  if (const auto trend = trend_of(points)) add_trend(*trend, first, weeks, chart);
  return to_svg(chart);
}

std::string share_section(const std::vector<CourseSession>& sessions, Share share,
                          const std::string& label) {
  return section(label, trend_text(trend_of(points_of(sessions, share))),
                 chart_of(sessions, share, label));
}

std::string method(const std::vector<CourseSession>& sessions, const IndicatorOptions& options) {
  const auto silent = std::ranges::count_if(
      sessions, [](const CourseSession& session) { return !session.says_something(); });
  std::string text = fmt::format(
      "<p>The trend is a straight line through the sessions by least squares, dashed; the area "
      "around it is its 95% interval. It takes the sessions as drawn by chance, of equal weight "
      "and independent of each other, which sessions with one person seldom are. An interval that "
      "holds 0 says that the course may be chance; one that does not, says nothing on the reason: "
      "light, camera and occasion change too.</p>");
  if (silent > 0) {
    text += fmt::format(
        "<p>{} in which the face was seen for less than {} {} in the table, but not in the charts "
        "and trends.</p>",
        counted(silent, "session"), length_text(options.least_seen), silent == 1 ? "is" : "are");
  }
  return section("How the trend is found", "", text);
}

}  // namespace

std::string course_of(const History& history, const std::string& participant,
                      const SessionReportOptions& options) {
  const auto sessions = course(history, participant, options.cut_offs);
  const auto name = shortened(participant, kLongestName);
  if (sessions.empty()) {
    throw Error(ErrorCode::input, history.path().string() + ": nobody is shown by the name '" +
                                      name + "' in any session; see mien sessions list");
  }
  std::string html = fmt::format(
      R"(<header><h1>{} over time</h1><p class="muted">{}, {} to {}. What a face showed, not )"
      "what anybody feels.</p></header><main>",
      escaped(name), counted(static_cast<long long>(sessions.size()), "session"),
      day_text(sessions.front().info.started), day_text(sessions.back().info.started));
  html +=
      R"(<div class="two">)" +
      share_section(sessions, &SessionIndicators::negative_share, "Share of negative expressions") +
      share_section(sessions, &SessionIndicators::positive_share, "Share of positive expressions") +
      "</div>" + table_of(sessions, options.indicators);
  if (options.indicators) html += section("Indicators", "", cut_offs(options.cut_offs));
  html += method(sessions, options.cut_offs) + report_notes() + "</main>";
  return page(name + " over time", html, "mien sessions");
}

}  // namespace mien
