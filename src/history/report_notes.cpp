#include "history/report_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "history/session_charts.h"
#include "history/session_text.h"
#include "output/report/html.h"

namespace mien {
namespace {

constexpr std::size_t kMostEpisodes = 100;

constexpr std::array<std::string_view, 6> kNotes = {
    "A face's look is not a feeling. People smile out of politeness, frown when they think and "
    "keep "
    "a still face in joy and in grief. The report says what faces showed.",
    "The model errs, and with some expressions more often than with others. How often is on its "
    "card (mien models) and in the report of mien evaluate. Shares over a long time have the same "
    "errors: more seconds do not make them smaller.",
    "Light, the head's pose, distance, glasses, a hand or a mask before the face, and the camera "
    "change what the model sees. So do age, skin and culture, which differ from those of the "
    "pictures that it learned from.",
    "Small differences mean nothing, between persons, between sessions and between two moments. "
    "Compare a person with themselves, in the same place and light, over long times.",
    "What was not seen does not count: a face that is turned away, or covered, leaves a gap, and "
    "what it showed then is not known.",
    "In the European Union inferring emotions of people at work or in education is forbidden (AI "
    "Act, Article 5(1)(f)) except for medical or safety reasons."};

std::string levels_table(const SessionView& view, const IndicatorOptions& options) {
  if (view.shown.empty()) return "<p>There is nobody who may be shown.</p>";
  std::string table = R"(<table class="wide"><thead><tr>)";
  for (const auto* head : {"who", "level", "seen", "negative", "positive", "changes/min"}) {
    table += column_head(head);
  }
  table += "</tr></thead><tbody>";
  for (const auto& participant : view.shown) {
    const auto indicators = indicators_of(minutes_of(view, participant.number), options);
    table +=
        fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td>)"
                    "<td>{:.1f}</td></tr>",
                    escaped(name_of(view.info, participant)), name(indicators.level),
                    length_text(indicators.seen), percent(indicators.negative_share),
                    percent(indicators.positive_share), indicators.changes_per_minute);
  }
  return scrolling("Indicators of " + name_of(view.info), table + "</tbody></table>");
}

std::string episode_row(const SessionEvent& event, const std::string& who) {
  const auto episode = episode_from_json(event.text);
  return fmt::format(
      R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>)"
      "<td>{}</td></tr>",
      escaped(who), clock_text(event.time), clock_text(event.until.value_or(event.time)),
      name(episode.level()), episode.angry, episode.sad, episode.fear);
}

std::string episodes(const SessionView& view) {
  std::map<int, std::string> names;
  for (const auto& participant : view.shown) {
    names[participant.number] = name_of(view.info, participant);
  }
  std::string rows;
  std::size_t count = 0;
  for (const auto& event : view.events) {
    if (event.kind != EventKind::episode || ++count > kMostEpisodes) continue;
    rows += episode_row(event, names[event.participant]);
  }
  if (count == 0) {
    return view.info.indicators ? "<p>No episode was found.</p>"
                                : "<p>Episodes were not looked for in this session.</p>";
  }
  std::string text = R"(<p class="muted">Results in a row that were angry, sad or fear.)";
  if (count > kMostEpisodes) text += fmt::format(" The first {} of {}.", kMostEpisodes, count);
  std::string table = R"(<table class="wide"><thead><tr>)";
  for (const auto* head : {"who", "from", "to", "level", "angry", "sad", "fear"}) {
    table += column_head(head);
  }
  table += "</tr></thead><tbody>" + rows + "</tbody></table>";
  return text + "</p>" + scrolling("Episodes of " + name_of(view.info), table);
}

}  // namespace

std::string report_notes() {
  std::string list;
  for (const auto note : kNotes) list += fmt::format("<li>{}</li>", escaped(note));
  return section("What these numbers can and cannot say", "",
                 R"(<ul class="notes">)" + list + "</ul>");
}

std::string cut_offs(const IndicatorOptions& options) {
  return fmt::format(
      R"(<p class="notice">{}</p><p>Moderate from {} of the seen time with a negative expression )"
      "(angry, disgust, fear or sad), high from {}, else low; unknown where the face was seen for "
      "less than {}.</p>",
      escaped(kIndicatorNotice), percent(options.moderate_share, 0), percent(options.high_share, 0),
      length_text(options.least_seen));
}

std::string indicator_section(const SessionView& view, const IndicatorOptions& options, int level) {
  return section("Indicators", "",
                 cut_offs(options) + levels_table(view, options) +
                     fmt::format("<h{0}>Episodes</h{0}>", level + 1) + episodes(view),
                 level);
}

}  // namespace mien
