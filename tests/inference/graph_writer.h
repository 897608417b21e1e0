#pragma once

#include <onnx/onnx_pb.h>

#include "inference/graph/graph.h"

namespace mien::test {

/// The graph as an ONNX model for these shapes; values are named value_name().
onnx::ModelProto to_onnx(const Graph& graph);
std::string value_name(int value);

}  // namespace mien::test
