#pragma once

#include <vector>

#include "core/face_grid.h"
#include "train/architecture/face_architecture.h"
#include "train/detection/detection_data.h"
#include "train/measures.h"
#include "train/precision.h"

namespace mien::train {

/// Where and how a network is measured.
struct MeasuringContext {
  torch::Device device;
  Precision precision;
};

/// Average precision at IoU 0.5 for faces from 20, 40 and 80 pixels of height: average_precision_20
/// and so on.
Measures measure_detection(FaceArchitecture& network, const std::vector<MeasuredPicture>& pictures,
                           const MeasuringContext& context);

/// The same, and the score at which precision and recall of faces from 20 pixels are best together
/// (F1): min_score, and precision and recall there.
Measures measure_threshold(FaceArchitecture& network, const std::vector<MeasuredPicture>& pictures,
                           const MeasuringContext& context);

/// Mean distance of the five landmarks from where they are marked, in shares of the box's side
/// (root of its area; landmarks_error) and of the distance between the eyes (landmarks_error_eyes),
/// and the share of the faces that are found at all (landmarks_found).
Measures measure_landmarks(FaceArchitecture& network, const std::vector<MeasuredPicture>& faces,
                           const MeasuringContext& context);

}  // namespace mien::train
