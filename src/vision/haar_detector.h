#pragma once

#include <memory>

#include "mien/face_detector.h"

namespace mien {

/// Cascades of Haar-like features (Viola and Jones, 2001), with a look for eyes as a check.
std::unique_ptr<FaceDetector> make_haar_default_detector(const FaceDetectorOptions& options);
std::unique_ptr<FaceDetector> make_haar_alt2_detector(const FaceDetectorOptions& options);

/// The default cascade as most programs use it: coarse steps between sizes, five neighbours, no
/// look for eyes. Faces with two to four neighbours are looked at again, more closely.
std::unique_ptr<FaceDetector> make_haar_fast_detector(const FaceDetectorOptions& options);

}  // namespace mien
