#include "server/class_message.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "history/session_view.h"
#include "output/named_probabilities.h"
#include "output/rounding.h"
#include "output/shown_name.h"
#include "server/one_member.h"

namespace mien::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestMark = 80;
constexpr std::size_t kLongestTitle = 80;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json optional_name(const std::optional<Expression>& expression) {
  return expression ? Json(name(*expression)) : Json();
}

Json to_object(const ClassPoint& point) {
  Json reports;
  for (const auto& [mood, count] : point.reports) reports[std::string(name(mood))] = count;
  return {{"time", point.time},
          {"participants", point.participants},
          {"seen", point.seen},
          {"group", point.group ? named(*point.group) : Json()},
          {"reports", reports}};
}

Json to_object(const ClassMark& mark) { return {{"time", mark.time}, {"text", mark.text}}; }

Json to_object(const ShownMember& member) {
  return {{"number", member.number},
          {"name", member.name},
          {"expression", optional_name(member.expression)},
          {"confidence", rounded(static_cast<double>(member.confidence))},
          {"reported", optional_name(member.reported)}};
}

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_object(item));
  return list;
}

}  // namespace

std::optional<MemberText> parse_member_text(std::string_view text) {
  const auto said = one_member(text);
  if (!said) return std::nullopt;
  const auto& [what, value] = *said;
  MemberText parsed;
  if (what == "mood" && value.is_string()) {
    parsed.mood = expression_from_name(value.get<std::string>());
    if (!parsed.mood) return std::nullopt;
    return parsed;
  }
  if (!value.is_boolean()) return std::nullopt;
  const bool yes = value.get<bool>();
  if (what == "pause") {
    parsed.pause = yes;
  } else if (what == "shown") {
    parsed.shown = yes;
  } else if (what == "rest" && yes) {
    parsed.rest = true;
  } else if (what != "here" || !yes) {
    return std::nullopt;
  }
  return parsed;
}

std::optional<HostText> parse_host_text(std::string_view text) {
  const auto said = one_member(text);
  if (!said) return std::nullopt;
  const auto& [what, value] = *said;
  HostText parsed;
  if (what == "mark" && value.is_string()) {
    parsed.mark = typed_line(value.get<std::string>(), kLongestMark);
    if (!parsed.mark) return std::nullopt;
    return parsed;
  }
  if (value != true) return std::nullopt;
  if (what == "end") {
    parsed.end = true;
  } else if (what != "here") {
    return std::nullopt;
  }
  return parsed;
}

std::optional<ClassRequest> parse_class_request(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("title") || !json["title"].is_string()) return {};
  ClassRequest request;
  const auto title = typed_line(json["title"].get<std::string>(), kLongestTitle);
  if (!title) return std::nullopt;
  request.title = *title;
  for (const auto& [key, value] : json.items()) {
    if (key == "title") continue;
    if (!value.is_boolean() || (key != "record" && key != "faces")) return std::nullopt;
    (key == "record" ? request.record : request.faces) = value.get<bool>();
  }
  return request;
}

std::string to_json(const ClassUpdate& update) {
  auto object = to_object(update.point);
  Json hint;
  if (update.hint) {
    hint = {{"text", hint_text(update.hint->share)},
            {"share", rounded(update.hint->share)},
            {"since", update.hint->since}};
  }
  object["hint"] = hint;
  object["named"] = list_of(update.named);
  return dumped(object);
}

std::string to_json(const ClassGreeting& greeting) {
  const Json about = {{"title", greeting.title},
                      {"code", greeting.code},
                      {"purpose", greeting.purpose},
                      {"agreed", greeting.agreed},
                      {"recording", greeting.recording},
                      {"faces", greeting.faces},
                      {"link", greeting.link},
                      {"smallest_group", kSmallestGroup},
                      {"time", greeting.time}};
  return dumped({{"class", about},
                 {"history", list_of(greeting.history)},
                 {"marks", list_of(greeting.marks)}});
}

std::string mark_json(long long time, const std::string& text) {
  return dumped({{"mark", to_object(ClassMark{time, text})}});
}

std::string mood_json(Expression mood) { return dumped({{"mood", name(mood)}}); }

std::string rest_json(std::string_view state) { return dumped({{"rest", {{"state", state}}}}); }

std::string joined_json(int number, const std::string& key) {
  return dumped({{"joined", {{"number", number}, {"key", key}}}});
}

std::string ended_json() { return R"({"ended":true})"; }

std::string relative_json(const Probabilities& now, const Probabilities& rest) {
  Probabilities difference{};
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = now[i] - rest[i];
  return ",\"relative\":" + dumped(named(difference));
}

std::string hint_text(double share) {
  return fmt::format(
      "{:.0f}% of the faces moved from neutral or happy to sad, angry, fear or "
      "surprise, for half a minute",
      100 * share);
}

}  // namespace mien::server
