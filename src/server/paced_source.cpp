#include "server/paced_source.h"

#include <algorithm>
#include <utility>

namespace mien::server {
namespace {

constexpr double kUnknownStep = 0.04;
constexpr double kLeastStep = 0.001;
constexpr double kLongestStep = 1;
constexpr auto kMostBehind = std::chrono::seconds(1);

std::chrono::steady_clock::duration duration(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

}  // namespace

PacedSource::PacedSource(std::unique_ptr<FrameSource> source)
    : source_(std::move(source)),
      info_(source_->info()),
      step_(info_.rate > 0 ? 1 / info_.rate : kUnknownStep) {
  info_.live = true;
}

bool PacedSource::next(Frame& frame) {
  if (!source_->next(frame)) {
    // The last frame lasts, too, so that a file that is played again does not hurry.
    wait_until(begin_ + duration(last_time_ + step_));
    return false;
  }
  const auto now = Clock::now();
  if (!std::exchange(started_, true)) {
    begin_ = now - duration(frame.time);
  } else if (frame.time > last_time_) {
    step_ = std::clamp(frame.time - last_time_, kLeastStep, kLongestStep);
  }
  last_time_ = frame.time;
  const auto due = begin_ + duration(frame.time);
  if (now - due > kMostBehind) begin_ += now - due;
  return wait_until(due);
}

/// False when it was interrupted.
bool PacedSource::wait_until(Clock::time_point time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_until(lock, time, [this] { return interrupted_; });
}

void PacedSource::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  wake_.notify_all();
  source_->interrupt();
}

}  // namespace mien::server
