#pragma once

#include <onnx/onnx_pb.h>

namespace mien {

/// What ONNX's own checker leaves open, and every engine relies on: constants hold what their
/// shapes say, in this file; windows, strides and groups are numbers that make sense; there are at
/// most 10,000 nodes. Throws Error (model).
void check_contents(const onnx::GraphProto& graph);

}  // namespace mien
