#pragma once

#include <map>
#include <span>
#include <vector>

#include "mien/attribute_estimator.h"
#include "mien/expression_reader.h"
#include "mien/face_tracker.h"

namespace mien {

/// Estimates the attributes of followed faces. What a person looks like hardly changes, so a face
/// is looked at in its first frames and then twice a second, and what is shown is the mean of all
/// that was said of it. Where nothing is smoothed, each frame stands for itself. One source and one
/// thread.
class AttributeReader {
 public:
  explicit AttributeReader(const ReadingOptions& options = {});

  /// Fills in the attributes of `shown`, the faces of the frame at `time` (seconds, growing) in the
  /// order of `tracked`. Throws as the estimator does.
  void read(AttributeEstimator& estimator, const ImageView& picture,
            std::span<const TrackedFace> tracked, double time, std::span<Face> shown);

 private:
  /// Sums over what was said of one track.
  struct Track {
    double female = 0;
    double age = 0;
    int readings = 0;
    Attributes last;
    double read = 0;  ///< seconds
    double seen = 0;
  };

  bool is_due(const Track& track, double time) const;
  void add(Track& track, const Attributes& said) const;

  bool smooths_;
  std::map<int, Track> tracks_;
};

}  // namespace mien
