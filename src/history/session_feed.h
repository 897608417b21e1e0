#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "history/key_frames.h"
#include "history/session_recorder.h"
#include "mien/frame_result.h"
#include "mien/image.h"

namespace mien {

struct SessionFeedOptions {
  RecorderOptions recorder = {};
  std::optional<KeyFrameOptions> key_frames = {};  ///< kept only with it
  /// The largest face alone is recorded, as that person's.
  std::optional<std::string> participant = {};
};

/// What of a source's frames is recorded, in batches to be written. Times are seconds from the
/// session's start.
class SessionFeed {
 public:
  explicit SessionFeed(const SessionFeedOptions& options = {});

  /// The picture is looked at where key frames are kept. Frame numbers that begin anew mean that
  /// the source does, with other faces.
  void add(double time, const FrameResult& result, const ImageView& picture = {});
  /// What comes now are other faces, whatever their tracks.
  void begin_anew() { offset_ = largest_track_; }

  /// About twice a second, by this machine's clock, what is complete: a program that is killed
  /// loses what came since.
  std::optional<SessionBatch> take_if_due(double time);
  SessionBatch finish(double time);

 private:
  FrameResult recorded(const FrameResult& result);

  std::optional<std::string> participant_;
  SessionRecorder recorder_;
  std::optional<KeyFrameFinder> frames_;
  std::chrono::steady_clock::time_point taken_ = std::chrono::steady_clock::now();
  long long last_frame_ = -1;
  int largest_track_ = 0;
  int offset_ = 0;  ///< of the tracks since it began anew
};

}  // namespace mien
