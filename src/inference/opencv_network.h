#pragma once

#include <memory>

#include "inference/onnx_model.h"
#include "mien/network.h"

namespace mien {

/// Runs the model by OpenCV's dnn, on the processor. Throws Error (model) when OpenCV cannot.
std::unique_ptr<Network> make_opencv_network(const OnnxModel& model, const NetworkOptions& options);

}  // namespace mien
