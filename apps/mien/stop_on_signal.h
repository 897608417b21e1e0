#pragma once

#include <stop_token>
#include <thread>

namespace mien::apps {

/// While it lives, SIGINT (Ctrl-C) and SIGTERM request a stop in place of ending the program, so
/// that outputs can be finished; a second one ends it at once. There may be one at a time.
class StopOnSignal {
 public:
  StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();

  std::stop_token token() const { return stop_.get_token(); }

  /// The signal that came; 0 for none.
  static int caught();

 private:
  int event_;
  std::stop_source stop_;
  std::jthread watcher_;
};

/// Ends the program as the signal would have, which is what a shell expects of a program that was
/// interrupted.
[[noreturn]] void end_by_signal(int signal);

}  // namespace mien::apps
