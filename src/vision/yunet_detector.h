#pragma once

#include <filesystem>
#include <memory>

#include "mien/face_detector.h"

namespace mien {

/// YuNet (Wu et al., 2023, "YuNet: A Tiny Millisecond-level Face Detector") as OpenCV 4.6 runs it,
/// with the user's file: face_detection_yunet_2022mar.onnx or an older one, not those of 2023.
/// Throws Error (model) for another file.
std::unique_ptr<FaceDetector> make_yunet_detector(const std::filesystem::path& model,
                                                  const FaceDetectorOptions& options);

}  // namespace mien
