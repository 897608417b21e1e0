#include "messages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

namespace mien::apps {
namespace {

/// Where say() writes: a process has one standard error.
std::atomic<int> standard_error = STDERR_FILENO;

}  // namespace

void say(std::string_view line) {
  const int to = standard_error;
  const auto text = fmt::format("{}mien: {}\n", ::isatty(to) == 1 ? "\r\033[K" : "", line);
  // Whoever closed it wants to know nothing.
  [[maybe_unused]] const auto written = ::write(to, text.data(), text.size());
}

StandardErrorForUs::StandardErrorForUs() {
  const int kept = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept >= 0 && nowhere >= 0) {
    standard_error = kept;
    ::dup2(nowhere, STDERR_FILENO);
  }
  if (nowhere >= 0) ::close(nowhere);
}

StandardErrorForUs::~StandardErrorForUs() {
  const int kept = standard_error.exchange(STDERR_FILENO);
  if (kept == STDERR_FILENO) return;
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
}

}  // namespace mien::apps
