#include "inference/operators/normalisation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "inference/operators/broadcast.h"
#include "inference/operators/operator.h"

namespace mien {
namespace {

std::vector<Description> describe_batch(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& input = *inputs[0].shape;
  if (input.size() < 2) fail(node, "its input has no channels");
  for (std::size_t i = 1; i < 5; ++i) {
    if (*inputs[i].shape != Shape{input[1]}) fail(node, "its statistics do not fit its channels");
  }
  if (node.integer("training_mode", 0) != 0) fail(node, "it is in training mode");
  return {{input}};
}

void batch(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const float epsilon = node.real("epsilon", 1e-5F);
  const auto channels = static_cast<std::size_t>(input.shape[1]);
  const auto size = std::accumulate(
      input.shape.begin() + 2, input.shape.end(), std::size_t{1},
      [](std::size_t a, std::int64_t b) { return a * static_cast<std::size_t>(b); });
  for (std::size_t i = 0; i < input.reals.size(); ++i) {
    const auto c = i / size % channels;
    const float deviation = std::sqrt(inputs[4].tensor->reals[c] + epsilon);
    outputs[0].reals[i] =
        (input.reals[i] - inputs[3].tensor->reals[c]) / deviation * inputs[1].tensor->reals[c] +
        inputs[2].tensor->reals[c];
  }
}

std::vector<Description> describe_softmax(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& input = *inputs[0].shape;
  const auto axis = axis_of(node, node.integer("axis", -1), input.size());
  const bool flattens = node.integer("flattens", 0) != 0;  // see Reader
  if (flattens &&
      element_count({input.begin() + static_cast<std::ptrdiff_t>(axis) + 1, input.end()}) != 1) {
    unsupported(node, "it takes several axes together");
  }
  return {{*inputs[0].shape}};
}

void softmax(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const auto axis = axis_of(node, node.integer("axis", -1), input.shape.size());
  const auto stride = static_cast<std::size_t>(strides_of(input.shape)[axis]);
  const auto count = static_cast<std::size_t>(input.shape[axis]);
  for (std::size_t first = 0; first < input.reals.size(); ++first) {
    if (first / stride % count != 0) continue;
    float largest = input.reals[first];
    for (std::size_t k = 0; k < count; ++k) {
      largest = std::max(largest, input.reals[first + k * stride]);
    }
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
      sum += std::exp(static_cast<double>(input.reals[first + k * stride]) - largest);
    }
    for (std::size_t k = 0; k < count; ++k) {
      const double part = std::exp(static_cast<double>(input.reals[first + k * stride]) - largest);
      outputs[0].reals[first + k * stride] = static_cast<float>(part / sum);
    }
  }
}

/// Which axes ReduceMean takes the mean over: all, when none is given.
std::vector<bool> reduced_axes(const Node& node, Operands inputs) {
  const auto rank = inputs[0].shape->size();
  const auto axes = integers_of(node, inputs, 1, "axes", {});
  const bool none_is_all = node.integer("noop_with_empty_axes", 0) == 0;
  if (axes.empty() && !none_is_all) unsupported(node, "it takes the mean over nothing");
  std::vector<bool> reduced(rank, axes.empty());
  for (const auto axis : axes) reduced[axis_of(node, axis, rank)] = true;
  return reduced;
}

std::vector<Description> describe_mean(const Node& node, Operands inputs) {
  check_floats(node, inputs.first(1));
  const auto& input = *inputs[0].shape;
  if (element_count(input) == 0) fail(node, "its input is empty");
  const auto reduced = reduced_axes(node, inputs);
  if (node.integer("keepdims", 1) != 0) return {{kept_shape(node, inputs)}};
  Shape shape;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (!reduced[axis]) shape.push_back(input[axis]);
  }
  return {{shape}};
}

void mean(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const auto kept = kept_shape(node, inputs);
  const auto place = broadcast_indices(kept, input.shape);
  std::vector<double> sums(outputs[0].reals.size());
  for (std::size_t i = 0; i < place.size(); ++i) sums[place[i]] += input.reals[i];
  const auto count = static_cast<double>(input.reals.size() / sums.size());
  std::transform(sums.begin(), sums.end(), outputs[0].reals.begin(),
                 [count](double sum) { return static_cast<float>(sum / count); });
}

constexpr std::array<Operator, 3> kOperators = {{
    {"BatchNormalization", 5, 5, describe_batch, batch},
    {"Softmax", 1, 1, describe_softmax, softmax},
    {"ReduceMean", 1, 2, describe_mean, mean},
}};

}  // namespace

std::span<const Operator> normalisation_operators() { return kOperators; }

Shape kept_shape(const Node& node, Operands inputs) {
  const auto reduced = reduced_axes(node, inputs);
  Shape shape = *inputs[0].shape;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (reduced[axis]) shape[axis] = 1;
  }
  return shape;
}

}  // namespace mien
