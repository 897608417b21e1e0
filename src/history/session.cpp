#include "history/session.h"

#include <algorithm>
#include <chrono>

namespace mien {
namespace {

using Name = std::pair<EventKind, std::string_view>;

constexpr std::array<Name, 9> kEventNames = {{{EventKind::came, "came"},
                                              {EventKind::left, "left"},
                                              {EventKind::change, "change"},
                                              {EventKind::mark, "mark"},
                                              {EventKind::hint, "hint"},
                                              {EventKind::mood, "mood"},
                                              {EventKind::paused, "paused"},
                                              {EventKind::resumed, "resumed"},
                                              {EventKind::episode, "episode"}}};

}  // namespace

double now_utc() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string_view name(SessionKind kind) {
  switch (kind) {
    case SessionKind::analysis:
      return "analysis";
    case SessionKind::stream:
      return "stream";
    case SessionKind::live:
      return "live";
    case SessionKind::group:
      return "class";
  }
  return "";
}

std::optional<SessionKind> session_kind_from_name(std::string_view text) {
  for (const auto kind :
       {SessionKind::analysis, SessionKind::stream, SessionKind::live, SessionKind::group}) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string_view name(EventKind kind) {
  const auto* const found = std::ranges::find(kEventNames, kind, &Name::first);
  return found == kEventNames.end() ? "" : found->second;
}

std::optional<EventKind> event_kind_from_name(std::string_view text) {
  const auto* const found = std::ranges::find(kEventNames, text, &Name::second);
  if (found == kEventNames.end()) return std::nullopt;
  return found->first;
}

}  // namespace mien
