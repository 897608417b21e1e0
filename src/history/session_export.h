#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "history/history.h"

namespace mien {

/// The seconds of a session as CSV (RFC 4180), a row per participant and second, piece by piece. Of
/// a class, members who are not shown by name appear as the participant "group" alone. Names that a
/// spreadsheet would take for a formula get an apostrophe before them. Throws Error (input) when
/// there is no such session, and whatever `write` throws.
void export_csv(const History& history, long long session,
                const std::function<void(std::string_view)>& write);

/// The same and all else that is kept of the session, as one JSON object; no key frames.
void export_json(const History& history, long long session,
                 const std::function<void(std::string_view)>& write);

/// What `mien sessions list` and `show` give as JSON.
std::string to_json(const SessionInfo& session);

}  // namespace mien
