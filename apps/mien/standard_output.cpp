#include "standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "mien/error.h"

namespace mien::apps {

void print_line(std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
  if (!written) {
    throw Error(ErrorCode::internal, std::string("standard output: cannot write: ") +
                                         std::strerror(errno) +
                                         "; give it a reader or a disk with space");
  }
}

}  // namespace mien::apps
