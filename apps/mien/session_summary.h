#pragma once

#include <string>

#include "history/session_view.h"

namespace mien::apps {

/// A session for people, in a terminal.
std::string to_text(const SessionView& view);

}  // namespace mien::apps
