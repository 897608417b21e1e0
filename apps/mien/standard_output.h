#pragma once

#include <string_view>

namespace mien::apps {

/// Writes a line to standard output at once. Throws Error (internal) when it is closed or its disk
/// is full.
void print_line(std::string_view line);

}  // namespace mien::apps
