#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "mien/face.h"

namespace mien {

/// A face that is followed through the frames of one source.
struct TrackedFace {
  int track = 0;  ///< 1, 2, ...; never used again within the source. 0: not confirmed yet
  DetectedFace face;
  bool detected = true;  ///< false: not found in this frame; the face is where it should be
  double unseen = 0;     ///< seconds since it was last found; 0 when it is in this frame
};

struct FaceTrackerOptions {
  /// Seconds that a face may stay unseen and still be the same track. Default 1. More keeps the id
  /// of a face that is hidden for longer, and gives it more often to another that comes there.
  double memory_seconds = 1.0;
  /// A face that is not found is reported where it should be for that many seconds. Default 0.2:
  /// boxes do not flicker; more shows boxes where no face is.
  double coast_seconds = 0.2;
  /// A new face is reported once it was found in a second frame within that many seconds: most
  /// finds that are no face last for one frame. Default 0.2. Faces in the source's first frame, and
  /// all when the frames are farther apart than this, are reported at once; with 0 every face is.
  double confirm_seconds = 0.2;
  /// A face with a lower score continues a track but begins none, 0..1. Default: of a FaceFollower
  /// its detector's min_score(), else 0.5.
  std::optional<double> start_score = {};
};

/// Gives each face one id while it stays in view: a Kalman filter per face over centre, size and
/// aspect, and the assignment that fits best over all (SORT: Bewley et al., 2016, "Simple Online
/// and Realtime Tracking"). Faces with low scores go to the tracks that are left (ByteTrack: Zhang
/// et al., 2022, "Multi-Object Tracking by Associating Every Detection Box"), and a face that lies
/// where its track was heading is preferred (OC-SORT: Cao et al., 2023, "Observation-Centric
/// SORT"). Frames may come at any rate. One source and one thread.
class FaceTracker {
 public:
  /// Throws Error (usage) for an option out of range.
  explicit FaceTracker(const FaceTrackerOptions& options = {});
  FaceTracker(FaceTracker&&) noexcept;
  FaceTracker& operator=(FaceTracker&&) noexcept;
  ~FaceTracker();

  /// Where all tracks that are not forgotten should be at `time` (seconds, growing), before
  /// anything was looked for; also those that are not confirmed or reported no more.
  std::vector<TrackedFace> predict(double time) const;

  /// The faces found in the frame at `time`; those that are reported, by track. Their boxes are
  /// smoothed by the filter, and the landmarks found last move along with them. Where the source's
  /// clock jumps back, no time passes.
  std::vector<TrackedFace> update(std::span<const DetectedFace> faces, double time);

  /// Forgets all tracks: another source follows, and ids begin with 1 again.
  void reset();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
