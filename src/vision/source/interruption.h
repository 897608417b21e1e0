#pragma once

#include <atomic>

namespace mien {

/// A request to stop that also wakes who waits. Any thread may set() it; it stays set.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  void set() noexcept;
  bool is_set() const noexcept { return set_; }

  /// Waits; false when it was interrupted.
  bool wait(double seconds) const;

  /// Waits until the file has something to read, or has ended; false when it was interrupted.
  bool wait_readable(int file) const;

 private:
  std::atomic<bool> set_ = false;
  int event_ = -1;
};

}  // namespace mien
