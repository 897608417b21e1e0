#pragma once

#include <chrono>
#include <optional>

#include "history/key_frames.h"
#include "history/session_recorder.h"
#include "mien/frame_result.h"
#include "mien/image.h"

namespace mien::server {

/// Recorded frames of one source, by a clock of this machine that does not jump. A source that
/// begins anew has new faces.
class SessionClock {
 public:
  explicit SessionClock(const RecorderOptions& options = {},
                        const std::optional<KeyFrameOptions>& key_frames = {});

  /// The picture is looked at where key frames are kept.
  void add(const FrameResult& result, const ImageView& picture = {});
  /// What comes now are other faces, whatever their tracks.
  void begin_anew() { offset_ = largest_track_; }
  /// About twice a second what is complete.
  std::optional<SessionBatch> take_if_due();
  SessionBatch finish();
  /// Seconds since it was made.
  double now() const;

 private:
  using Clock = std::chrono::steady_clock;

  SessionRecorder recorder_;
  std::optional<KeyFrameFinder> frames_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point taken_ = begun_;
  long long last_frame_ = -1;
  int largest_track_ = 0;
  int offset_ = 0;  ///< of the tracks of the present run
};

}  // namespace mien::server
