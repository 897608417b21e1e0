#include "session_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "history/session_text.h"

namespace mien::apps {
namespace {

constexpr std::size_t kMostEvents = 20;

std::string field(std::string_view name, const std::string& text) {
  return text.empty() ? "" : fmt::format("{:<14}{}\n", name, text);
}

std::string head(const SessionView& view) {
  const auto& info = view.info;
  std::string text = field("session", fmt::format("{}  {}", info.id, name_of(info)));
  text += field("kind", std::string(name(info.kind)));
  text += field("began", date_text(info.started));
  text += field("length", length_text(view.duration) + (info.interrupted ? ", cut off" : "") +
                              (info.ended ? "" : ", being recorded"));
  text += field("source", info.source);
  text += field("model", info.model);
  text += field("purpose", info.purpose);
  text += field("agreed", info.agreed);
  return text + field("participants", std::to_string(view.participants));
}

std::string row(const std::string& who, double seen, const std::array<double, kExpressionCount>& of,
                int changes) {
  std::string line = fmt::format("{:<24}{:>12}", shortened(who, 22), length_text(seen));
  for (const double share : of) {
    line += share > 0 ? fmt::format("{:>9.0f}%", 100 * share) : fmt::format("{:>10}", "-");
  }
  return line + (changes < 0 ? "\n" : fmt::format("{:>9}\n", changes));
}

std::string row(const SessionView& view, const Participant& participant) {
  std::array<double, kExpressionCount> shown{};
  double seen = 0;
  double seconds = 0;
  int changes = 0;
  const auto found = view.minutes.find(participant.number);
  if (found != view.minutes.end()) {
    for (const auto& minute : found->second) {
      seen += minute.seen;
      seconds += minute.seconds;
      changes += minute.changes;
      for (std::size_t i = 0; i < shown.size(); ++i) shown[i] += minute.shown[i];
    }
  }
  for (auto& share : shown) share = seconds > 0 ? share / seconds : 0;
  return row(name_of(view.info, participant), seen, shown, changes);
}

std::string group_row(const SessionView& view) {
  std::array<double, kExpressionCount> shares{};
  double seen = 0;
  for (const auto& stretch : view.group) {
    const double weight = stretch.seen * static_cast<double>(stretch.length);
    seen += weight;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      shares[i] += weight * static_cast<double>(stretch.shares[i]);
    }
  }
  if (seen <= 0) return "the group: too few were seen at a time to be shown\n";
  for (auto& share : shares) share /= seen;
  return row("the group", seen, shares, -1);
}

std::string table(const SessionView& view) {
  std::string text = fmt::format("\n{:<24}{:>12}", "participant", "seen");
  for (const auto expression : all_expressions()) text += fmt::format("{:>10}", name(expression));
  text += fmt::format("{:>9}\n", "changes");
  for (const auto& participant : view.shown) text += row(view, participant);
  return view.info.kind == SessionKind::group ? text + group_row(view) : text;
}

std::string line(const SessionView& view, const SessionEvent& event) {
  std::string who;
  const auto found = std::ranges::find(view.shown, event.participant, &Participant::number);
  if (found != view.shown.end()) who = name_of(view.info, *found);
  std::string what(name(event.kind));
  if (event.from) what += fmt::format(" from {}", name(*event.from));
  if (event.to) what += fmt::format(" {}{}", event.from ? "to " : "", name(*event.to));
  if (event.kind != EventKind::episode && !event.text.empty()) what += ": " + event.text;
  if (event.until) what += " until " + clock_text(*event.until);
  return fmt::format("{:>9}  {}{}{}\n", clock_text(event.time), who, who.empty() ? "" : "  ",
                     shortened(what, 80));
}

std::string events(const SessionView& view) {
  if (view.events.empty()) return "";
  std::string text = "\nevents\n";
  const auto count = std::min(view.events.size(), kMostEvents);
  for (std::size_t i = 0; i < count; ++i) text += line(view, view.events[i]);
  if (count < view.events.size()) {
    text += fmt::format("           and {} more; --json gives all\n", view.events.size() - count);
  }
  return text;
}

}  // namespace

std::string to_text(const SessionView& view) {
  auto text = head(view) + table(view) + events(view);
  text += "\nWhat a face showed, not what anybody felt.";
  return text;
}

}  // namespace mien::apps
