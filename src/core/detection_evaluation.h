#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mien/face.h"

namespace mien {

/// A face that people marked in a picture.
struct AnnotatedFace {
  Box box;
  bool valid = true;  ///< false: nobody has to find it, and who finds it is not wrong
};

/// What a detector found in a picture, and what is there.
struct DetectionResult {
  std::vector<DetectedFace> found;
  std::vector<AnnotatedFace> annotated;
};

/// A point of the precision-recall curve: what is found with at least that score.
struct DetectionPoint {
  float score = 0;
  double precision = 0;
  double recall = 0;
};

struct DetectionEvaluation {
  std::size_t faces = 0;  ///< that must be found
  /// Area under the precision-recall curve, precision made to fall with recall (as PASCAL VOC from
  /// 2010 on: every point counts). 0 when there are no faces.
  double average_precision = 0;
  double precision = 0;  ///< of the findings with at least `threshold`; 0 when there are none
  double recall = 0;     ///< with at least `threshold`
  std::vector<DetectionPoint> curve;  ///< from the highest score to the lowest
};

/// Compares findings with annotations: a finding is right when it is the surest that overlaps an
/// annotated face by `min_overlap` or more (intersection over union). Annotated faces that are
/// lower than `min_height` pixels or not valid are ignored: they need not be found, and findings
/// that overlap them best are not counted.
DetectionEvaluation evaluate_detection(std::span<const DetectionResult> results, int min_height,
                                       double threshold, double min_overlap = 0.5);

}  // namespace mien
