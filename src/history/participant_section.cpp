#include "history/participant_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "history/session_text.h"
#include "output/report/html.h"

namespace mien {
namespace {

/// As many as one looks at.
constexpr std::size_t kMostChanges = 12;
constexpr std::size_t kMostMoods = 50;
constexpr std::size_t kMostFrames = 60;

using Events = std::vector<SessionEvent>;

std::string heading(const ParticipantReport& report, std::string_view text) {
  return fmt::format("<h{0}>{1}</h{0}>", report.level + 1, text);
}

/// Of a table, which must be told from those of other sessions and participants.
std::string label_of(const ParticipantReport& report) {
  return name_of(report.view.info, report.participant) + " in " + name_of(report.view.info);
}

Events events_of(const ParticipantReport& report, EventKind kind) {
  Events events;
  std::ranges::copy_if(
      report.view.events, std::back_inserter(events), [&](const SessionEvent& event) {
        return event.kind == kind && event.participant == report.participant.number;
      });
  return events;
}

/// Over the seen time.
Shares mean_probabilities(const ParticipantReport& report) {
  Shares mean{};
  double seen = 0;
  for (const auto& minute : minutes_of(report.view, report.participant.number)) {
    seen += minute.seen;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += minute.seen * static_cast<double>(minute.probabilities[i]);
    }
  }
  for (auto& probability : mean) probability /= seen > 0 ? seen : 1;
  return mean;
}

std::string shares_table(const ParticipantReport& report) {
  const auto mean = mean_probabilities(report);
  const auto& rest = report.participant.rest;
  std::string table =
      R"(<table class="wide"><thead><tr><th scope="col">expression</th>)"
      R"(<th scope="col">share</th><th scope="col">time</th><th scope="col">mean probability</th>)";
  if (rest) table += R"(<th scope="col">at rest</th><th scope="col">against rest</th>)";
  table += "</tr></thead><tbody>";
  for (const auto expression : all_expressions()) {
    const auto i = static_cast<std::size_t>(expression);
    table += fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td>)",
                         name(expression), percent(report.indicators.shares[i]),
                         length_text(report.indicators.shares[i] * report.indicators.seen),
                         percent(mean[i]));
    if (rest) {
      const auto at_rest = static_cast<double>((*rest)[i]);
      table +=
          fmt::format("<td>{}</td><td>{:+.1f}</td>", percent(at_rest), 100 * (mean[i] - at_rest));
    }
    table += "</tr>";
  }
  table = scrolling("Shares of " + label_of(report), table + "</tbody></table>");
  if (rest) {
    table += R"(<p class="muted">Against rest: mean probability less that at )"
             R"(rest, in percentage points.</p>)";
  }
  return "<div>" + heading(report, "Shares") + table + "</div>";
}

/// A change weighs as much as the shorter of the stretches before and after it.
std::vector<double> weights_of(const Events& changes, const ParticipantReport& report) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const double before = i > 0 ? changes[i - 1].time : report.participant.first;
    const double after = i + 1 < changes.size() ? changes[i + 1].time : report.participant.last;
    weights.push_back(std::min(changes[i].time - before, after - changes[i].time));
  }
  return weights;
}

Events most_important(const Events& changes, const ParticipantReport& report) {
  const auto weights = weights_of(changes, report);
  std::vector<std::size_t> order(changes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return weights[a] > weights[b]; });
  order.resize(std::min(order.size(), kMostChanges));
  std::ranges::sort(order);
  Events chosen;
  for (const auto i : order) chosen.push_back(changes[i]);
  return chosen;
}

std::string_view word(const std::optional<Expression>& expression) {
  return expression ? name(*expression) : std::string_view("-");
}

std::string changes_table(const ParticipantReport& report) {
  const auto changes = events_of(report, EventKind::change);
  std::string html = "<div>" + heading(report, "Moments of change");
  if (changes.empty()) return html + "<p>No change lasted.</p></div>";
  if (changes.size() > kMostChanges) {
    html += fmt::format(R"(<p class="muted">{} of {}: those between the longest stretches.</p>)",
                        kMostChanges, changes.size());
  }
  html +=
      R"(<table class="wide text"><thead><tr><th scope="col">time</th><th scope="col">from</th>)"
      R"(<th scope="col">to</th></tr></thead><tbody>)";
  for (const auto& change : most_important(changes, report)) {
    html += fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>)",
                        clock_text(change.time), word(change.from), word(change.to));
  }
  return html + "</tbody></table></div>";
}

std::string moods(const ParticipantReport& report) {
  const auto events = events_of(report, EventKind::mood);
  if (events.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < std::min(events.size(), kMostMoods); ++i) {
    list += fmt::format(R"(<li>{1} {0}</li>)", word(events[i].to), clock_text(events[i].time));
  }
  const auto more = events.size() > kMostMoods
                        ? fmt::format("<p>The first {} of {}.</p>", kMostMoods, events.size())
                        : std::string();
  return heading(report, "Moods reported by the participant") + R"(<ul class="chips">)" + list +
         "</ul>" + more;
}

/// Those of the longest stretches, in order.
std::vector<const KeyFrame*> chosen_frames(const std::vector<KeyFrame>& frames) {
  std::vector<const KeyFrame*> chosen;
  std::ranges::transform(frames, std::back_inserter(chosen),
                         [](const auto& frame) { return &frame; });
  std::ranges::stable_sort(chosen, [](const KeyFrame* a, const KeyFrame* b) {
    return a->until - a->time > b->until - b->time;
  });
  chosen.resize(std::min(chosen.size(), kMostFrames));
  std::ranges::stable_sort(chosen, {}, &KeyFrame::time);
  return chosen;
}

std::string key_frames(const ParticipantReport& report) {
  if (report.key_frames.empty()) return {};
  std::string html = heading(report, "Key frames");
  if (report.key_frames.size() > kMostFrames) {
    html += fmt::format(R"(<p class="muted">{} of {}: those of the longest stretches.</p>)",
                        kMostFrames, report.key_frames.size());
  }
  html += R"(<ul class="faces">)";
  for (const auto* frame : chosen_frames(report.key_frames)) {
    const auto caption = fmt::format("{} {}", clock_text(frame->time), name(frame->expression));
    html += fmt::format(
        R"(<li><figure><img src="{}" alt="A face at {}"><figcaption>{}<br>{}</figcaption>)"
        R"(</figure></li>)",
        jpeg_uri(frame->jpeg), caption, clock_text(frame->time), name(frame->expression));
  }
  return html + "</ul>";
}

std::string summary(const ParticipantReport& report) {
  const auto& participant = report.participant;
  long long changes = 0;
  for (const auto& minute : minutes_of(report.view, participant.number)) changes += minute.changes;
  return fmt::format("Seen for {} between {} and {}; {}, {:.1f} a minute. Most shown: {}.",
                     length_text(report.indicators.seen), clock_text(participant.first),
                     clock_text(participant.last), counted(changes, "change"),
                     report.indicators.changes_per_minute, most_shown(report.indicators.shares));
}

}  // namespace

std::string most_shown(std::span<const double> shares) {
  const auto most = std::ranges::max_element(shares);
  if (most == shares.end() || *most <= 0) return "none";
  const auto expression = static_cast<std::size_t>(most - shares.begin());
  return fmt::format("{} {}", name(all_expressions().at(expression)), percent(*most, 0));
}

std::string participant_section(const ParticipantReport& report, const Moments& moments) {
  const auto title = name_of(report.view.info, report.participant);
  if (report.indicators.seen <= 0) {
    return section(title, "The face was not seen.", moods(report), report.level);
  }
  return section(title, summary(report),
                 time_line(report.view, report.participant, moments) + R"(<div class="side">)" +
                     shares_table(report) + changes_table(report) + "</div>" + moods(report) +
                     key_frames(report),
                 report.level);
}

}  // namespace mien
