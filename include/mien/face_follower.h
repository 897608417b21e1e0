#pragma once

#include <memory>
#include <vector>

#include "mien/face_detector.h"
#include "mien/face_tracker.h"
#include "mien/image.h"

namespace mien {

struct FaceFollowerOptions {
  FaceTrackerOptions tracker = {};
  /// New faces are searched for where the picture changed, in as much as that many whole frames a
  /// second, and in the whole frame a sixth as often. Default 3. More finds new faces sooner and
  /// costs time. 0 searches every frame whole.
  double searches_per_second = 3;
  /// In place of that: the whole of every Nth frame is searched, and nothing else; 1 is every
  /// frame. Default 0, which leaves it to searches_per_second: that finds most new faces sooner for
  /// less time.
  int detect_every = 0;
};

/// Finds faces and follows them through the frames of one source, without searching every frame
/// whole: FaceDetector::detect_near() finds the known faces in each frame, and detect_in() looks
/// for new ones in the parts that changed since they were searched last, a few times for each
/// change, and where a face was lost. One source and one thread.
class FaceFollower {
 public:
  /// Throws Error (usage) for an option out of range.
  explicit FaceFollower(std::unique_ptr<FaceDetector> detector,
                        const FaceFollowerOptions& options = {});
  FaceFollower(FaceFollower&&) noexcept;
  FaceFollower& operator=(FaceFollower&&) noexcept;
  ~FaceFollower();

  /// The faces in the frame at `time` (seconds, growing), by track; their boxes lie within the
  /// picture. Throws Error as the detector does.
  std::vector<TrackedFace> follow(const ImageView& picture, double time);

  /// Forgets all tracks: another source follows, and ids begin with 1 again.
  void reset();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
