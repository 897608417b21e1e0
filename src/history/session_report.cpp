#include "history/session_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "history/participant_section.h"
#include "history/report_notes.h"
#include "history/session_charts.h"
#include "history/session_text.h"
#include "output/report/html.h"

namespace mien {
namespace {

constexpr std::size_t kMostParticipants = 50;  // that have a part of their own
constexpr std::size_t kMostRows = 300;
constexpr std::size_t kMostMarks = 100;
constexpr std::size_t kLongestText = 250;

/// A session as the report needs it.
struct Session {
  SessionView view;
  std::vector<SessionIndicators> indicators;  ///< of the shown ones, in their order
  SessionIndicators whole;                    ///< of all that may be shown
  std::map<int, std::vector<KeyFrame>> key_frames;
};

bool is_group(const Session& session) { return session.view.info.kind == SessionKind::group; }

Session session_from(const History& history, long long id, const SessionReportOptions& options) {
  Session session{view_session(history, id), {}, {}, {}};
  std::vector<RecordedMinute> all;
  for (const auto& participant : session.view.shown) {
    const auto minutes = minutes_of(session.view, participant.number);
    session.indicators.push_back(indicators_of(minutes, options.cut_offs));
    all.insert(all.end(), minutes.begin(), minutes.end());
  }
  session.whole = indicators_of(all, options.cut_offs);
  if (is_group(session)) session.whole.shares = group_shares(session.view);
  for (auto& frame : key_frames_of(history, session.view)) {
    session.key_frames[frame.participant].push_back(std::move(frame));
  }
  return session;
}

std::string anchor(const Session& session) {
  return fmt::format("session-{}", session.view.info.id);
}

std::string when(const SessionInfo& info) {
  auto text = date_text(info.started);
  if (!info.ended) return text + ", still being recorded";
  return info.interrupted ? text + ", cut off before its end" : text;
}

std::string facts(const Session& session) {
  const auto& info = session.view.info;
  std::string table = R"(<table class="text"><tbody>)" + table_row("when", when(info)) +
                      table_row("kind", std::string(name(info.kind)));
  const auto add = [&](const char* head, const std::string& text) {
    if (!text.empty()) table += table_row(head, shortened(text, kLongestText));
  };
  add("source", info.source);
  add("model", info.model);
  add("purpose", info.purpose);
  add("who agreed", info.agreed);
  return table + "</tbody></table>";
}

std::string tiles(const Session& session) {
  std::string html = R"(<dl class="tiles">)" +
                     tile("How long", length_text(session.view.duration)) +
                     tile("Participants", fmt::format("{}", session.view.participants));
  if (is_group(session)) {
    html += tile("Shown by name", fmt::format("{}", session.view.shown.size())) +
            tile("Seen at once", fmt::format("{:.1f}", group_size(session.view)));
  } else {
    html += tile("Faces seen for", length_text(session.whole.seen));
  }
  html += tile("Most shown", most_shown(session.whole.shares));
  if (!is_group(session)) {
    html += tile("Changes a minute", fmt::format("{:.1f}", session.whole.changes_per_minute));
  }
  return html + "</dl>";
}

std::vector<const SessionEvent*> marks_of(const SessionView& view) {
  std::vector<const SessionEvent*> marks;
  for (const auto& event : view.events) {
    if (event.kind == EventKind::mark || event.kind == EventKind::hint) marks.push_back(&event);
  }
  return marks;
}

Moments moments_of(const SessionView& view) {
  Moments moments;
  for (const auto* mark : marks_of(view)) {
    moments.push_back({mark->time, fmt::format("{}", moments.size() + 1)});
  }
  return moments;
}

std::string marks_section(const SessionView& view, int level) {
  const auto marks = marks_of(view);
  if (marks.empty()) return {};
  std::string table =
      R"(<table class="text"><thead><tr><th scope="col">number</th><th scope="col">time</th>)"
      R"(<th scope="col">kind</th><th scope="col">text</th></tr></thead><tbody>)";
  for (std::size_t i = 0; i < std::min(marks.size(), kMostMarks); ++i) {
    table += fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>)",
                         i + 1, clock_text(marks[i]->time), name(marks[i]->kind),
                         escaped(shortened(marks[i]->text, kLongestText)));
  }
  std::string text = "Their numbers stand above the time lines.";
  if (marks.size() > kMostMarks) {
    text += fmt::format(" The first {} of {}.", kMostMarks, marks.size());
  }
  return section("Marks and hints", text,
                 scrolling("Marks and hints of " + name_of(view.info), table + "</tbody></table>"),
                 level);
}

std::string group_section(const Session& session, const Moments& moments, int level) {
  if (!is_group(session)) return {};
  if (session.view.group.empty()) {
    return section(
        "The class",
        fmt::format("Nothing is shown: fewer than {} were seen at any time.", kSmallestGroup), "",
        level);
  }
  return section("The class",
                 fmt::format("Shares of the expressions of all who were seen, where they were at "
                             "least {} and nobody can be told from them. Elsewhere there is a gap.",
                             kSmallestGroup),
                 group_line(session.view, moments), level);
}

/// Those who were seen for the longest time first.
std::vector<std::size_t> by_seen(const Session& session) {
  std::vector<std::size_t> order(session.view.shown.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](auto a, auto b) {
    return session.indicators[a].seen > session.indicators[b].seen;
  });
  return order;
}

std::string overview_row(const Session& session, std::size_t index) {
  const auto& indicators = session.indicators[index];
  return fmt::format(
      R"(<tr><th scope="row">{}</th><td class="bars">{}</td><td>{}</td><td>{:.1f}</td>{}</tr>)",
      escaped(name_of(session.view.info, session.view.shown[index])), share_bar(indicators.shares),
      length_text(indicators.seen), indicators.changes_per_minute, share_cells(indicators.shares));
}

std::string overview(const Session& session, const std::vector<std::size_t>& order, int level) {
  if (order.size() < 2) return {};
  std::string table = fmt::format(
      R"(<table class="wide"><thead><tr><th scope="col">who</th><th scope="col" class="bars">shares</th>)"
      R"(<th scope="col">seen</th><th scope="col">changes/min</th>{}</tr></thead><tbody>)",
      expression_heads());
  for (std::size_t i = 0; i < std::min(order.size(), kMostRows); ++i) {
    table += overview_row(session, order[i]);
  }
  std::string text = is_group(session) ? "Those who agreed to be shown by name." : "";
  if (order.size() > kMostRows) {
    text += fmt::format("{}The {} of {} that were seen longest.", text.empty() ? "" : " ",
                        kMostRows, order.size());
  }
  return section("Everyone", text,
                 share_legend() + scrolling("Everyone in " + name_of(session.view.info),
                                            table + "</tbody></table>"),
                 level);
}

std::string participant_sections(Session& session, const std::vector<std::size_t>& order,
                                 const Moments& moments, int level) {
  auto chosen = order;
  chosen.resize(std::min(order.size(), kMostParticipants));
  std::ranges::sort(chosen);
  std::string html;
  for (const auto index : chosen) {
    const auto& participant = session.view.shown[index];
    const ParticipantReport report{session.view, participant, session.indicators[index],
                                   std::move(session.key_frames[participant.number]), level};
    html += participant_section(report, moments);
  }
  if (chosen.size() < order.size()) {
    html += fmt::format("<p>{} more were seen for a shorter time; the table has them.</p>",
                        order.size() - chosen.size());
  }
  return html;
}

std::string session_body(Session& session, const SessionReportOptions& options, int level) {
  const auto& view = session.view;
  const auto moments = moments_of(view);
  const auto order = by_seen(session);
  std::string html = tiles(session) + section("The session", "", facts(session), level);
  if (!is_group(session) && session.whole.seen <= 0) {
    html += section("Nothing was seen", "No face was seen in this session.", "", level);
  }
  html += group_section(session, moments, level) + marks_section(view, level) +
          overview(session, order, level);
  if (options.indicators) html += indicator_section(view, options.cut_offs, level);
  return html + participant_sections(session, order, moments, level);
}

std::string comparison_row(const Session& session) {
  const auto& view = session.view;
  return fmt::format(
      R"(<tr><th scope="row"><a href="#{}">{}</a></th><td class="bars">{}</td><td>{}</td>)"
      R"(<td>{}</td><td>{}</td>{}</tr>)",
      anchor(session), escaped(name_of(view.info)), share_bar(session.whole.shares),
      day_text(view.info.started), length_text(view.duration), view.participants,
      share_cells(session.whole.shares));
}

std::string comparison(const std::vector<Session>& sessions) {
  std::string table = R"(<table class="wide"><thead><tr><th scope="col">session</th>)"
                      R"(<th scope="col" class="bars">shares</th>)";
  for (const auto* head : {"day", "how long", "participants"}) table += column_head(head);
  table += expression_heads() + "</tr></thead><tbody>";
  for (const auto& session : sessions) table += comparison_row(session);
  return section("The sessions compared",
                 "Shares of the seen time, of all who may be shown; of a class those of the group.",
                 share_legend() + scrolling("The sessions compared", table + "</tbody></table>"));
}

std::string head(const std::string& title) {
  return fmt::format(R"(<header><h1>{}</h1><p class="muted">What faces showed over time, not what )"
                     "anybody feels.</p></header><main>",
                     escaped(title));
}

}  // namespace

std::string report_of(const History& history, const std::vector<long long>& sessions,
                      const SessionReportOptions& options) {
  std::vector<Session> all;
  for (const auto id : sessions) all.push_back(session_from(history, id, options));
  const bool is_one = all.size() == 1;
  const auto title = is_one ? name_of(all.front().view.info)
                            : counted(static_cast<long long>(all.size()), "session");
  auto html = head(title);
  if (!is_one && !all.empty()) html += comparison(all);
  for (auto& session : all) {
    if (is_one) {
      html += session_body(session, options, 2);
      continue;
    }
    html +=
        fmt::format(R"(<article id="{}"><h2 class="session">{}</h2>{}</article>)", anchor(session),
                    escaped(name_of(session.view.info)), session_body(session, options, 3));
  }
  return page(title, html + report_notes() + "</main>", "mien sessions");
}

}  // namespace mien
