#pragma once

#include <filesystem>
#include <memory>

#include "mien/face_detector.h"

namespace mien {

/// A detector of our own: a model whose card says that it finds faces. Throws Error (model) for
/// another one.
std::unique_ptr<FaceDetector> make_network_detector(const std::filesystem::path& model,
                                                    const FaceDetectorOptions& options);

}  // namespace mien
