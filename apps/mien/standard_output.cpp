#include "standard_output.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "mien/error.h"

namespace mien::apps {

void print_line(std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
  if (!written) {
    throw Error(ErrorCode::internal,
                "standard output: cannot write: " + std::generic_category().message(errno) +
                    "; give it a reader or a disk with space");
  }
}

}  // namespace mien::apps
