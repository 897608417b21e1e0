#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "mien/frame_source.h"

namespace mien::server {

/// Plays a file at its own pace, as if it came from a camera: each frame is given when its time has
/// come, and it is a live source, of which late frames are dropped. When decoding falls behind by a
/// second, the rest is played as much later.
class PacedSource final : public FrameSource {
 public:
  explicit PacedSource(std::unique_ptr<FrameSource> source);

  const SourceInfo& info() const override { return info_; }
  bool next(Frame& frame) override;
  void interrupt() override;

 private:
  using Clock = std::chrono::steady_clock;
  bool wait_until(Clock::time_point time);

  std::unique_ptr<FrameSource> source_;
  SourceInfo info_;
  Clock::time_point begin_;  ///< when time 0 of the file is played
  double last_time_ = 0;
  double step_;  ///< seconds that the last frame lasts
  bool started_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool interrupted_ = false;
};

}  // namespace mien::server
