#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mien {

/// One line on stderr that shows how far something is and how long it will take. It draws nothing
/// when stderr is not a terminal, and is wiped when it goes out of scope.
class ProgressBar {
 public:
  explicit ProgressBar(std::string title);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// `note` is shown behind the bar. Calls in quick succession are passed over.
  void update(std::uint64_t done, std::uint64_t total, const std::string& note = {});

 private:
  using Clock = std::chrono::steady_clock;

  std::string title_;
  bool on_terminal_;
  bool drawn_ = false;
  Clock::time_point started_;
  Clock::time_point last_drawn_;
};

}  // namespace mien
