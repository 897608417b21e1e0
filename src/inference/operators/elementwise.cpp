#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "inference/operators/broadcast.h"
#include "inference/operators/operator.h"

namespace mien {
namespace {

std::vector<Description> describe_same(const Node& node, Operands inputs) {
  check_floats(node, inputs.first(1));
  return {{*inputs[0].shape}};
}

template <typename Function>
void each(Operands inputs, std::span<Tensor> outputs, Function function) {
  const auto& from = inputs[0].tensor->reals;
  std::transform(from.begin(), from.end(), outputs[0].reals.begin(), function);
}

void relu(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  each(inputs, outputs, [](float x) { return std::max(x, 0.0F); });
}

void leaky_relu(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const float slope = node.real("alpha", 0.01F);
  each(inputs, outputs, [slope](float x) { return x < 0 ? slope * x : x; });
}

void sigmoid(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  each(inputs, outputs, [](float x) { return 1 / (1 + std::exp(-x)); });
}

void hard_sigmoid(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const float slope = node.real("alpha", 0.2F);
  const float offset = node.real("beta", 0.5F);
  each(inputs, outputs,
       [slope, offset](float x) { return std::clamp(slope * x + offset, 0.0F, 1.0F); });
}

void hard_swish(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  each(inputs, outputs, [](float x) { return x * std::clamp(x / 6 + 0.5F, 0.0F, 1.0F); });
}

void hyperbolic_tangent(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  each(inputs, outputs, [](float x) { return std::tanh(x); });
}

void elu(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const float scale = node.real("alpha", 1.0F);
  each(inputs, outputs, [scale](float x) { return x < 0 ? scale * std::expm1(x) : x; });
}

/// A bound of Clip: an input since opset 11, an attribute before.
float bound(const Node& node, Operands inputs, std::size_t index, const char* attribute,
            float otherwise) {
  if (index >= inputs.size() || !inputs[index].given()) return node.real(attribute, otherwise);
  const Tensor* tensor = inputs[index].tensor;
  if (tensor == nullptr || tensor->reals.size() != 1)
    unsupported(node, "its bounds are not fixed numbers");
  return tensor->reals.front();
}

std::vector<Description> describe_clip(const Node& node, Operands inputs) {
  bound(node, inputs, 1, "min", 0);
  bound(node, inputs, 2, "max", 0);
  return describe_same(node, inputs);
}

void clip(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  const float lowest = bound(node, inputs, 1, "min", -kLargest);
  const float highest = bound(node, inputs, 2, "max", kLargest);
  each(inputs, outputs,
       [lowest, highest](float x) { return std::min(std::max(x, lowest), highest); });
}

std::vector<Description> describe_prelu(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  if (broadcast(node, *inputs[0].shape, *inputs[1].shape) != *inputs[0].shape) {
    fail(node, "its slopes are larger than its input");
  }
  return describe_same(node, inputs);
}

void prelu(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  const auto& from = inputs[0].tensor->reals;
  const auto slopes = broadcast_indices(*inputs[1].shape, *inputs[0].shape);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float slope = inputs[1].tensor->reals[slopes[i]];
    outputs[0].reals[i] = from[i] < 0 ? slope * from[i] : from[i];
  }
}

std::vector<Description> describe_pair(const Node& node, Operands inputs) {
  if (inputs[0].type != inputs[1].type) fail(node, "its inputs are of two types");
  return {{broadcast(node, *inputs[0].shape, *inputs[1].shape), inputs[0].type}};
}

template <typename Number, typename Function>
void pair(const std::vector<Number>& a, const std::vector<Number>& b, Operands inputs,
          const Shape& shape, std::vector<Number>& result, Function function) {
  const auto at_a = broadcast_indices(*inputs[0].shape, shape);
  const auto at_b = broadcast_indices(*inputs[1].shape, shape);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = function(a[at_a[i]], b[at_b[i]]);
}

struct Add {
  float operator()(float a, float b) const { return a + b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? 0 : sum;
  }
};
struct Subtract {
  float operator()(float a, float b) const { return a - b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    std::int64_t difference = 0;
    return __builtin_sub_overflow(a, b, &difference) ? 0 : difference;
  }
};
struct Multiply {
  float operator()(float a, float b) const { return a * b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? 0 : product;
  }
};
struct Divide {
  float operator()(float a, float b) const { return a / b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    const bool has_quotient = b != 0 && !(b == -1 && a == std::numeric_limits<std::int64_t>::min());
    return has_quotient ? a / b : 0;
  }
};

template <typename Function>
void compute_pair(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  const auto& a = *inputs[0].tensor;
  const auto& b = *inputs[1].tensor;
  auto& output = outputs[0];
  if (output.type == ElementType::real) {
    pair(a.reals, b.reals, inputs, output.shape, output.reals, Function());
  } else {
    pair(a.integers, b.integers, inputs, output.shape, output.integers, Function());
  }
}

constexpr std::array<Operator, 13> kOperators = {{
    {"Relu", 1, describe_same, relu},
    {"LeakyRelu", 1, describe_same, leaky_relu},
    {"Sigmoid", 1, describe_same, sigmoid},
    {"HardSigmoid", 1, describe_same, hard_sigmoid},
    {"HardSwish", 1, describe_same, hard_swish},
    {"Tanh", 1, describe_same, hyperbolic_tangent},
    {"Elu", 1, describe_same, elu},
    {"Clip", 1, describe_clip, clip},
    {"PRelu", 2, describe_prelu, prelu},
    {"Add", 2, describe_pair, compute_pair<Add>},
    {"Sub", 2, describe_pair, compute_pair<Subtract>},
    {"Mul", 2, describe_pair, compute_pair<Multiply>},
    {"Div", 2, describe_pair, compute_pair<Divide>},
}};

}  // namespace

std::span<const Operator> elementwise_operators() { return kOperators; }

}  // namespace mien
