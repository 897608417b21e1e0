#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mien/face.h"

namespace mien {

/// A face that is followed through the frames of one source.
struct TrackedFace {
  int track = 0;  ///< 1, 2, ...; never used again within the source
  DetectedFace face;
  bool detected = true;  ///< false: not found in this frame; the box is where it should be
};

struct FaceTrackerOptions {
  /// Seconds that a face may stay unseen and still be the same track. Default 1.
  double memory_seconds = 1.0;
  /// A face that is not found is reported where it should be for that many seconds. Default 0.2:
  /// boxes do not flicker; more shows boxes where no face is.
  double coast_seconds = 0.2;
};

/// Gives each face one id while it stays in view: a Kalman filter per face and the assignment that
/// fits best over all (SORT: Bewley et al., 2016, "Simple Online and Realtime Tracking"). One
/// source and one thread.
class FaceTracker {
 public:
  explicit FaceTracker(const FaceTrackerOptions& options = {});
  FaceTracker(FaceTracker&&) noexcept;
  FaceTracker& operator=(FaceTracker&&) noexcept;
  ~FaceTracker();

  /// Where the tracks should be at `time` (seconds, growing), before anything was looked for.
  std::vector<TrackedFace> predict(double time) const;

  /// The faces found in the frame at `time`; those that are reported, by track.
  std::vector<TrackedFace> update(std::span<const DetectedFace> faces, double time);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
