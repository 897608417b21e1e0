#pragma once

#include <memory>

#include "inference/onnx_model.h"
#include "mien/network.h"

namespace mien {

/// Runs the model by oneDNN. Throws Unsupported when it holds what Mien's engine does not know.
std::unique_ptr<Network> make_onednn_network(const OnnxModel& model, const NetworkOptions& options);

/// Runs the model by the plain loops that define each operator: for checking other engines.
std::unique_ptr<Network> make_reference_network(const OnnxModel& model,
                                                const NetworkOptions& options);

}  // namespace mien
