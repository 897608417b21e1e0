#include "stop_on_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include "mien/error.h"

namespace mien::apps {
namespace {

constexpr std::array<int, 2> kSignals = {SIGINT, SIGTERM};

// A handler is given nothing but the signal's number, so what it needs stands here.
std::atomic<int> event_to_wake = -1;
std::atomic<int> caught_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a handler must not wait for a lock");

void set_action(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

void wake(int event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event, &one, sizeof one);
}

/// Calls nothing but what POSIX allows in a handler.
extern "C" void on_signal(int signal) {
  const int reason = errno;
  for (const int each : kSignals) set_action(each, SIG_DFL);  // the next one kills
  caught_signal = signal;
  wake(event_to_wake);
  errno = reason;
}

void wait_for(int event) {
  std::uint64_t count = 0;
  while (::read(event, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace

StopOnSignal::StopOnSignal() : event_(::eventfd(0, EFD_CLOEXEC)) {
  if (event_ < 0) {
    throw Error(ErrorCode::internal, "no file descriptor is left; close other programs");
  }
  event_to_wake = event_;
  watcher_ = std::jthread([this] {
    wait_for(event_);
    if (caught() != 0) stop_.request_stop();
  });
  for (const int signal : kSignals) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) set_action(signal, on_signal);  // nohup, and `&` in scripts
  }
}

StopOnSignal::~StopOnSignal() {
  for (const int signal : kSignals) {
    struct sigaction now = {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == on_signal) set_action(signal, SIG_DFL);
  }
  wake(event_);
  watcher_.join();
  ::close(event_);
}

int StopOnSignal::caught() { return caught_signal; }

void end_by_signal(int signal) {
  set_action(signal, SIG_DFL);
  std::raise(signal);
  std::abort();
}

}  // namespace mien::apps
