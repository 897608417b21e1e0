// Operators that change what shape a tensor has, or tell of it, and leave its values in order.
#include <algorithm>
#include <array>
#include <memory>

#include "inference/operators/operator.h"

namespace mien {
namespace {

Shape reshaped(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  Shape shape = integers_of(node, inputs, 1, "shape", {});
  const bool literal_zero = node.integer("allowzero", 0) != 0;
  std::int64_t known = 1;
  std::int64_t* open = nullptr;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    auto& size = shape[axis];
    if (size == 0 && !literal_zero) {
      if (axis >= input.size()) fail(node, "its shape " + to_string(shape) + " does not fit");
      size = input[axis];
    }
    if (size == -1 && open == nullptr) {
      open = &size;
    } else if (size < 0 || size > (1 << 28) || (known *= size) > (1 << 28)) {
      fail(node, "its shape " + to_string(shape) + " is out of range");
    }
  }
  const auto total = element_count(input);
  if (open != nullptr) *open = known == 0 ? 0 : total / known;
  if (element_count(shape) != total) {
    fail(node, "its input " + to_string(input) + " does not fit into " + to_string(shape));
  }
  return shape;
}

std::vector<Description> describe_reshape(const Node& node, Operands inputs) {
  return {{reshaped(node, inputs), inputs[0].type}};
}

std::vector<Description> describe_flatten(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto given = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(input.size());
  if (given < -rank || given > rank) fail(node, "its axis is out of range");
  const auto axis = given < 0 ? given + rank : given;
  const Shape first(input.begin(), input.begin() + axis);
  const Shape rest(input.begin() + axis, input.end());
  return {{{element_count(first), element_count(rest)}, inputs[0].type}};
}

std::vector<Description> describe_squeeze(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto axes = integers_of(node, inputs, 1, "axes", {});
  std::vector<bool> dropped(input.size());
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    dropped[axis] = axes.empty() && input[axis] == 1;
  }
  for (const auto axis : axes) {
    const auto at = axis_of(node, axis, input.size());
    if (input[at] != 1) fail(node, "it would drop an axis with more than one element");
    dropped[at] = true;
  }
  Shape shape;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (!dropped[axis]) shape.push_back(input[axis]);
  }
  return {{shape, inputs[0].type}};
}

std::vector<Description> describe_unsqueeze(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto axes = integers_of(node, inputs, 1, "axes", {});
  constexpr std::size_t kMostAxes = 16;
  const auto rank = input.size() + axes.size();
  if (rank > kMostAxes) fail(node, "its output has too many axes");
  std::vector<bool> added(rank);
  for (const auto axis : axes) added[axis_of(node, axis, rank)] = true;
  if (static_cast<std::size_t>(std::count(added.begin(), added.end(), true)) != axes.size()) {
    fail(node, "it names an axis twice");
  }
  Shape shape;
  auto next = input.begin();
  for (std::size_t axis = 0; axis < rank; ++axis) shape.push_back(added[axis] ? 1 : *next++);
  return {{shape, inputs[0].type}};
}

std::vector<Description> describe_identity(const Node& /*node*/, Operands inputs) {
  return {{*inputs[0].shape, inputs[0].type}};
}

void copy(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  outputs[0].reals = inputs[0].tensor->reals;
  outputs[0].integers = inputs[0].tensor->integers;
}

std::vector<Description> describe_shape(const Node& node, Operands inputs) {
  if (node.attributes.contains("start") || node.attributes.contains("end")) {
    unsupported(node, "it gives a part of the shape");
  }
  return {{{static_cast<std::int64_t>(inputs[0].shape->size())}, ElementType::integer}};
}

void shape(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  outputs[0].integers = *inputs[0].shape;
}

const Tensor& constant_of(const Node& node) {
  const auto found = node.attributes.find("value");
  const auto* tensor = found == node.attributes.end()
                           ? nullptr
                           : std::get_if<std::shared_ptr<const Tensor>>(&found->second);
  if (tensor == nullptr) unsupported(node, "Mien knows it with the attribute 'value' alone");
  return **tensor;
}

std::vector<Description> describe_constant(const Node& node, Operands /*inputs*/) {
  const auto& tensor = constant_of(node);
  return {{tensor.shape, tensor.type}};
}

void constant(const Node& node, Operands /*inputs*/, std::span<Tensor> outputs) {
  outputs[0] = constant_of(node);
}

constexpr std::array<Operator, 8> kOperators = {{
    {"Reshape", 1, 2, describe_reshape, copy},
    {"Flatten", 1, 1, describe_flatten, copy},
    {"Squeeze", 1, 2, describe_squeeze, copy},
    {"Unsqueeze", 1, 2, describe_unsqueeze, copy},
    {"Identity", 1, 1, describe_identity, copy},
    {"Dropout", 1, 3, describe_identity, copy},
    {"Shape", 1, 1, describe_shape, shape},
    {"Constant", 0, 0, describe_constant, constant},
}};

}  // namespace

std::span<const Operator> shape_operators() { return kOperators; }

}  // namespace mien
