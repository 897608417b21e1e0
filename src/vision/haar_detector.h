#pragma once

#include <memory>

#include "mien/face_detector.h"

namespace mien {

/// Cascades of Haar-like features (Viola and Jones, 2001), with a look for eyes as a check.
std::unique_ptr<FaceDetector> make_haar_default_detector(const FaceDetectorOptions& options);
std::unique_ptr<FaceDetector> make_haar_alt2_detector(const FaceDetectorOptions& options);

/// The same as most programs use them: coarse steps between sizes, and no look for eyes.
std::unique_ptr<FaceDetector> make_haar_fast_detector(const FaceDetectorOptions& options);

}  // namespace mien
