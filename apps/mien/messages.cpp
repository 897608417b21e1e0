#include "messages.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace mien::apps {

void say(std::string_view line) {
  const char* wipe = ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  fmt::print(stderr, "{}mien: {}\n", wipe, line);
}

}  // namespace mien::apps
