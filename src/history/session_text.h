#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "history/session.h"

namespace mien {

/// A place in a session: "2:05", or "1:02:05" from an hour on.
std::string clock_text(double seconds);

/// How long something lasted: "42 s", "12 min 30 s", "24 h 5 min".
std::string length_text(double seconds);

/// "2026-11-27", and "2026-11-27 22:50 UTC". Of seconds since 1970.
std::string day_text(double time);
std::string date_text(double time);

/// No more than that many characters, for texts of any length in a layout that has its limits.
std::string shortened(std::string_view text, std::size_t most);

/// "1 change", "2 changes".
std::string counted(long long count, std::string_view one);

/// Short names, also of those who have none.
std::string name_of(const SessionInfo& session);
std::string name_of(const SessionInfo& session, const Participant& participant);

}  // namespace mien
