#include "standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "mien/error.h"

namespace mien::apps {
namespace {

[[noreturn]] void fail(int reason) {
  if (reason == EPIPE) throw ClosedOutput();
  throw Error(ErrorCode::internal,
              "standard output: cannot write: " + std::generic_category().message(reason) +
                  "; give it a reader or a disk with space");
}

}  // namespace

void print_line(std::string_view line, Flush flush) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF;
  if (!written) fail(errno);
  if (flush == Flush::now || ::isatty(STDOUT_FILENO) == 1) flush_standard_output();
}

void flush_standard_output() {
  if (std::fflush(stdout) != 0) fail(errno);
}

}  // namespace mien::apps
