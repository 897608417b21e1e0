#include "history/session_export.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "history/session_view.h"
#include "output/csv_field.h"
#include "output/named_probabilities.h"
#include "output/rounding.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;
using Write = std::function<void(std::string_view)>;

constexpr const char* kLineEnd = "\r\n";

/// A spreadsheet takes what begins like that for a formula.
std::string field(const std::string& text) {
  constexpr std::string_view kFormula = "=+-@\t";
  std::string value = text;
  if (!value.empty() && kFormula.find(value.front()) != std::string_view::npos) {
    value.insert(value.begin(), '\'');
  }
  return csv_field(value);
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json optional_name(const std::optional<Expression>& expression) {
  return expression ? Json(name(*expression)) : Json();
}

Json to_object(const SessionInfo& session) {
  return {{"id", session.id},
          {"name", session.name},
          {"kind", name(session.kind)},
          {"started", rounded(session.started)},
          {"ended", session.ended ? Json(rounded(*session.ended)) : Json()},
          {"interrupted", session.interrupted},
          {"source", session.source},
          {"model", session.model},
          {"purpose", session.purpose},
          {"agreed", session.agreed},
          {"indicators", session.indicators}};
}

Json to_object(const Participant& participant) {
  Json object = {{"number", participant.number},
                 {"name", participant.name},
                 {"first", rounded(participant.first)},
                 {"last", rounded(participant.last)}};
  if (participant.rest) object["rest"] = named(*participant.rest);
  return object;
}

Json to_object(const RecordedSecond& second) {
  return {{"participant", second.participant},
          {"second", second.second},
          {"seen", rounded(second.seen)},
          {"expression", name(second.expression)},
          {"uncertain", second.uncertain},
          {"confidence", rounded(second.confidence)},
          {"probabilities", named(second.probabilities)}};
}

Json to_object(const SessionEvent& event) {
  Json object = {{"time", rounded(event.time)},
                 {"kind", name(event.kind)},
                 {"participant", event.participant == 0 ? Json() : Json(event.participant)}};
  if (event.from) object["from"] = optional_name(event.from);
  if (event.to) object["to"] = optional_name(event.to);
  if (event.until) object["until"] = rounded(*event.until);
  if (event.kind == EventKind::episode) {
    object["episode"] = Json::parse(event.text, nullptr, false);
  } else if (!event.text.empty()) {
    object["text"] = event.text;
  }
  return object;
}

Json to_object(const GroupStretch& stretch) {
  return {{"second", stretch.begin},
          {"length", stretch.length},
          {"seen", rounded(stretch.seen)},
          {"shares", named(stretch.shares)}};
}

std::string columns_of(const Probabilities& probabilities) {
  std::string text;
  for (const auto probability : probabilities) text += fmt::format(",{}", rounded(probability));
  return text;
}

void for_each_shown(const History& history, const SessionView& view,
                    const std::function<void(const Participant&, const RecordedSecond&)>& take) {
  std::map<int, Participant> shown;
  for (const auto& participant : view.shown) shown[participant.number] = participant;
  history.for_each_second(view.info.id, [&](const RecordedSecond& second) {
    const auto found = shown.find(second.participant);
    if (found != shown.end()) take(found->second, second);
  });
}

/// As finely as it is kept.
SessionView whole_view(const History& history, long long session) {
  constexpr int kEverySecond = 3600;
  return view_session(history, session, kEverySecond);
}

}  // namespace

void export_csv(const History& history, long long session, const Write& write) {
  const auto view = whole_view(history, session);
  std::string header =
      "session,name,participant,participant_name,second,length,seen,expression,"
      "uncertain,confidence";
  for (const auto expression : all_expressions()) header += ',' + std::string(name(expression));
  write(header + kLineEnd);
  const auto begin = fmt::format("{},{}", view.info.id, field(view.info.name));
  for_each_shown(history, view, [&](const Participant& participant, const RecordedSecond& second) {
    write(fmt::format("{},{},{},{},1,{},{},{},{}{}{}", begin, participant.number,
                      field(participant.name), second.second, rounded(second.seen),
                      name(second.expression), second.uncertain ? 1 : 0, rounded(second.confidence),
                      columns_of(second.probabilities), kLineEnd));
  });
  for (const auto& stretch : view.group) {
    write(fmt::format("{},group,,{},{},{},,,{}{}", begin, stretch.begin, stretch.length,
                      rounded(stretch.seen), columns_of(stretch.shares), kLineEnd));
  }
}

void export_json(const History& history, long long session, const Write& write) {
  const auto view = whole_view(history, session);
  auto head = to_object(view.info);
  head["duration"] = rounded(view.duration);
  head["participants"] = view.participants;
  Json shown = Json::array();
  for (const auto& participant : view.shown) shown.push_back(to_object(participant));
  Json events = Json::array();
  for (const auto& event : view.events) events.push_back(to_object(event));
  Json group = Json::array();
  for (const auto& stretch : view.group) group.push_back(to_object(stretch));
  write(fmt::format("{{\"session\":{},\"participants\":{},\"events\":{},\"group\":{},\"seconds\":[",
                    dumped(head), dumped(shown), dumped(events), dumped(group)));
  std::string last;  // after which a comma comes, if another one does
  for_each_shown(history, view, [&](const Participant&, const RecordedSecond& second) {
    write(last.empty() ? "\n" : last + ",\n");
    last = dumped(to_object(second));
  });
  write(last + "]}\n");
}

std::string to_json(const SessionInfo& session) { return dumped(to_object(session)); }

}  // namespace mien
