#include "inference/graph/cost.h"

#include "inference/operators/window.h"

namespace mien {

std::int64_t products_of(const Graph& graph, const Node& node) {
  if (!node.has_input(0)) return 0;
  const auto& input = graph.value(node.inputs[0]).shape;
  const auto outputs = element_count(graph.value(node.outputs[0]).shape);
  if (node.operation == "Conv") {
    const auto& weights = graph.value(node.inputs[1]).shape;
    return outputs * weights[1] * weights[2] * weights[3];
  }
  if (node.operation == "Gemm") return outputs * input[node.integer("transA", 0) != 0 ? 0 : 1];
  if (node.operation == "MatMul") return outputs * input.back();
  if (node.operation == "MaxPool" || node.operation == "AveragePool") {
    const auto window = window_of(node, input);
    return outputs * window.kernel[0] * window.kernel[1];
  }
  return element_count(input);
}

}  // namespace mien
