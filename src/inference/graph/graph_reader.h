#pragma once

#include <onnx/onnx_pb.h>

#include <vector>

#include "inference/graph/graph.h"

namespace mien {

/// The graph of an ONNX model, without the shapes of what is computed. `where` names the file. The
/// model has passed check_contents().
/// Throws Error (model) for a graph that is not well-formed, Unsupported for an operation that Mien
/// does not know.
Graph read_graph(const onnx::ModelProto& proto, const std::string& where);

/// The same graph with all shapes, for inputs of these shapes. What follows from the shapes alone
/// is computed. Throws as read_graph(), and Error (model) for what would take too much memory or
/// time.
Graph with_shapes(Graph graph, const std::vector<Shape>& inputs);

}  // namespace mien
