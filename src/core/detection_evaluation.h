#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "mien/face.h"

namespace mien {

/// Detectors are measured on faces of these heights and more, in pixels.
inline constexpr std::array<int, 3> kMeasuredHeights = {20, 40, 80};

/// A face that people marked in a picture.
struct AnnotatedFace {
  Box box;
  bool valid = true;  ///< false: nobody has to find it, and who finds it is not wrong
};

/// What a detector found in a picture, and what is there.
struct DetectionResult {
  std::vector<DetectedFace> found;
  std::vector<AnnotatedFace> annotated;
  bool all_marked = true;  ///< false: there may be faces that nobody annotated
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

/// Compares findings with annotations, from the surest finding of all pictures on: it is right when
/// it overlaps an annotated face that no surer one took by `min_overlap` or more (intersection over
/// union), and takes the one that it overlaps best. Annotated faces that are lower than
/// `min_height` pixels or not valid are ignored: they need not be found, and findings that overlap
/// them alone are not counted, however many. Where not all faces are marked, findings that overlap
/// none are not counted either. All other findings are wrong, whatever their size. Findings of
/// equal score make one point of the curve; those whose score is no number are left out.
DetectionEvaluation evaluate_detection(std::span<const DetectionResult> results, int min_height,
                                       double threshold, double min_overlap = 0.5);

}  // namespace mien
