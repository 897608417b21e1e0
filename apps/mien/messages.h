#pragma once

#include <string_view>

namespace mien::apps {

/// Says it on a line of standard error of its own, also where a progress bar stands. From any
/// thread.
void say(std::string_view line);

}  // namespace mien::apps
