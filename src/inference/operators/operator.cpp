#include "inference/operators/operator.h"

#include <array>
#include <utility>

#include "inference/graph/unsupported.h"
#include "mien/error.h"

namespace mien {

const Operator* find_operator(std::string_view name) {
  for (const auto operators : {convolution_operators(), elementwise_operators(), linear_operators(),
                               normalisation_operators(), pooling_operators(),
                               rearranging_operators(), resizing_operators(), shape_operators()}) {
    for (const auto& known : operators) {
      if (known.name == name) return &known;
    }
  }
  return nullptr;
}

std::vector<Operand> operands_of(const Graph& graph, const Node& node) {
  std::vector<Operand> operands;
  for (const int input : node.inputs) {
    if (input == Node::kAbsent) {
      operands.emplace_back();
      continue;
    }
    const auto& value = graph.value(input);
    operands.push_back({&value.shape, value.type, value.constant.get()});
  }
  return operands;
}

void fail(const Node& node, const std::string& what) {
  throw Error(ErrorCode::model, node.operation + " '" + node.name + "': " + what);
}

void unsupported(const Node& node, const std::string& what) {
  throw Unsupported(node.operation + " '" + node.name + "': " + what);
}

void check_floats(const Node& node, Operands inputs) {
  for (const auto& input : inputs) {
    if (input.given() && input.type != ElementType::real) fail(node, "it needs floats");
  }
}

std::size_t axis_of(const Node& node, std::int64_t axis, std::size_t rank) {
  const auto axes = static_cast<std::int64_t>(rank);
  if (axis < -axes || axis >= axes) {
    fail(node,
         "axis " + std::to_string(axis) + " of a tensor with " + std::to_string(rank) + " axes");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + axes : axis);
}

std::vector<std::int64_t> integers_of(const Node& node, Operands inputs, std::size_t index,
                                      const std::string& attribute,
                                      std::vector<std::int64_t> otherwise) {
  if (index < inputs.size() && inputs[index].given()) {
    const Tensor* tensor = inputs[index].tensor;
    if (tensor == nullptr) unsupported(node, "its '" + attribute + "' is computed at run time");
    if (tensor->type != ElementType::integer) fail(node, "its '" + attribute + "' is no integer");
    return tensor->integers;
  }
  return node.integers(attribute, std::move(otherwise));
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return strides;
}

}  // namespace mien
