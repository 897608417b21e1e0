#include "inference/operators/rearranging.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace mien {
namespace {

/// Copies values of either type: output[i] = input[from(i)].
template <typename Index>
void gather(const Tensor& input, Tensor& output, Index from) {
  for (std::size_t i = 0; i < output.reals.size(); ++i) output.reals[i] = input.reals[from(i)];
  for (std::size_t i = 0; i < output.integers.size(); ++i) {
    output.integers[i] = input.integers[from(i)];
  }
}

/// Copies the input to a place within the larger output, or from one: along each axis the larger
/// tensor's index is start + step * the smaller's.
std::vector<std::size_t> places(const Shape& smaller, const Shape& larger,
                                const std::vector<SliceAxis>& axes) {
  const auto strides = strides_of(larger);
  std::vector<std::size_t> result(static_cast<std::size_t>(element_count(smaller)));
  Shape place(smaller.size());
  for (auto& index : result) {
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis) {
      at += (axes[axis].start + axes[axis].step * place[axis]) * strides[axis];
    }
    index = static_cast<std::size_t>(at);
    for (std::size_t axis = place.size(); axis-- > 0 && ++place[axis] == smaller[axis];) {
      place[axis] = 0;
    }
  }
  return result;
}

std::vector<Description> describe_transpose(const Node& node, Operands inputs) {
  Shape shape;
  for (const auto axis : transposition(node, *inputs[0].shape)) {
    shape.push_back((*inputs[0].shape)[axis]);
  }
  return {{shape, inputs[0].type}};
}

void transpose(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const auto axes = transposition(node, input.shape);
  const auto from = strides_of(input.shape);
  const auto to = strides_of(outputs[0].shape);
  gather(input, outputs[0], [&](std::size_t i) {
    std::int64_t index = 0;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      index += static_cast<std::int64_t>(i) / to[axis] % outputs[0].shape[axis] * from[axes[axis]];
    }
    return static_cast<std::size_t>(index);
  });
}

std::vector<Description> describe_concat(const Node& node, Operands inputs) {
  Shape shape = *inputs[0].shape;
  const auto axis = axis_of(node, node.integer("axis", 0), shape.size());
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (!inputs[i].given()) fail(node, "an input is missing");
    Shape other = *inputs[i].shape;
    if (other.size() != shape.size() || inputs[i].type != inputs[0].type) {
      fail(node, "its inputs do not fit");
    }
    const auto length = other[axis];
    other[axis] = shape[axis];
    if (other != shape) fail(node, "its inputs do not fit");
    shape[axis] += length;
  }
  return {{shape, inputs[0].type}};
}

void concat(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  auto& output = outputs[0];
  const auto axis = axis_of(node, node.integer("axis", 0), output.shape.size());
  std::vector<SliceAxis> axes(output.shape.size());
  for (const auto& operand : inputs) {
    const auto& input = *operand.tensor;
    const auto to = places(input.shape, output.shape, axes);
    for (std::size_t i = 0; i < input.reals.size(); ++i) output.reals[to[i]] = input.reals[i];
    for (std::size_t i = 0; i < input.integers.size(); ++i) {
      output.integers[to[i]] = input.integers[i];
    }
    axes[axis].start += input.shape[axis];
  }
}

std::vector<Description> describe_split(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto axis = axis_of(node, node.integer("axis", 0), input.size());
  std::vector<Description> parts;
  for (const auto size : split_sizes(node, inputs)) {
    Shape shape = input;
    shape[axis] = size;
    parts.push_back({shape, inputs[0].type});
  }
  return parts;
}

void split(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const auto axis = axis_of(node, node.integer("axis", 0), input.shape.size());
  std::vector<SliceAxis> axes(input.shape.size());
  for (auto& output : outputs) {
    const auto from = places(output.shape, input.shape, axes);
    gather(input, output, [&from](std::size_t i) { return from[i]; });
    axes[axis].start += output.shape[axis];
  }
}

std::vector<Description> describe_slice(const Node& node, Operands inputs) {
  Shape shape;
  for (const auto& axis : slice_axes(node, inputs)) shape.push_back(axis.count);
  return {{shape, inputs[0].type}};
}

void slice(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto from = places(outputs[0].shape, *inputs[0].shape, slice_axes(node, inputs));
  gather(*inputs[0].tensor, outputs[0], [&from](std::size_t i) { return from[i]; });
}

std::vector<Description> describe_pad(const Node& node, Operands inputs) {
  check_floats(node, inputs.first(1));
  const auto padding = padding_of(node, inputs);
  Shape shape = *inputs[0].shape;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    shape[axis] += padding.before[axis] + padding.behind[axis];
  }
  return {{shape}};
}

void pad(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto padding = padding_of(node, inputs);
  const auto& input = *inputs[0].tensor;
  std::vector<SliceAxis> axes(input.shape.size());
  for (std::size_t axis = 0; axis < axes.size(); ++axis) axes[axis].start = padding.before[axis];
  std::fill(outputs[0].reals.begin(), outputs[0].reals.end(), padding.value);
  const auto to = places(input.shape, outputs[0].shape, axes);
  for (std::size_t i = 0; i < to.size(); ++i) outputs[0].reals[to[i]] = input.reals[i];
}

std::vector<Description> describe_gather(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto axis = axis_of(node, node.integer("axis", 0), input.size());
  const auto chosen = integers_of(node, inputs, 1, "indices", {});
  for (const auto index : chosen) {
    if (index < -input[axis] || index >= input[axis]) fail(node, "an index is out of range");
  }
  Shape shape(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), inputs[1].shape->begin(), inputs[1].shape->end());
  shape.insert(shape.end(), input.begin() + static_cast<std::ptrdiff_t>(axis) + 1, input.end());
  return {{shape, inputs[0].type}};
}

void gather_rows(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& input = *inputs[0].tensor;
  const auto axis = axis_of(node, node.integer("axis", 0), input.shape.size());
  const auto& chosen = inputs[1].tensor->integers;
  const auto inner = strides_of(input.shape)[axis];
  const auto length = input.shape[axis];
  const auto count = static_cast<std::int64_t>(chosen.size());
  gather(input, outputs[0], [&](std::size_t i) {
    const auto at = static_cast<std::int64_t>(i);
    const auto index = chosen[static_cast<std::size_t>(at / inner % count)];
    const auto row = index < 0 ? index + length : index;
    return static_cast<std::size_t>((at / inner / count * length + row) * inner + at % inner);
  });
}

constexpr std::array<Operator, 6> kOperators = {{
    {"Transpose", 1, 1, describe_transpose, transpose},
    {"Concat", 1, kAnyNumber, describe_concat, concat},
    {"Split", 1, 2, describe_split, split},
    {"Slice", 1, 5, describe_slice, slice},
    {"Pad", 1, 4, describe_pad, pad},
    {"Gather", 2, 2, describe_gather, gather_rows},
}};

}  // namespace

std::span<const Operator> rearranging_operators() { return kOperators; }

std::vector<SliceAxis> slice_axes(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto starts = integers_of(node, inputs, 1, "starts", {});
  const auto ends = integers_of(node, inputs, 2, "ends", {});
  std::vector<std::int64_t> all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  const auto axes = integers_of(node, inputs, 3, "axes", all);
  const auto steps =
      integers_of(node, inputs, 4, "steps", std::vector<std::int64_t>(starts.size(), 1));
  if (starts.empty() || ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    fail(node, "its starts, ends, axes and steps do not fit");
  }
  std::vector<SliceAxis> result;
  for (const auto size : input) result.push_back({0, 1, size});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    auto& axis = result[axis_of(node, axes[i], input.size())];
    const auto size = input[axis_of(node, axes[i], input.size())];
    constexpr std::int64_t kLongestStep = 1 << 20;
    if (steps[i] == 0 || steps[i] < -kLongestStep || steps[i] > kLongestStep) {
      fail(node, "its steps are out of range");
    }
    // An end far beyond either side means "to the end".
    const auto within = [size](std::int64_t at, std::int64_t lowest, std::int64_t highest) {
      return std::clamp(at < 0 ? std::max(at, -size - 1) + size : at, lowest, highest);
    };
    axis.step = steps[i];
    if (steps[i] > 0) {
      axis.start = within(starts[i], 0, size);
      axis.count = (within(ends[i], 0, size) - axis.start + steps[i] - 1) / steps[i];
    } else {
      axis.start = within(starts[i], 0, std::max<std::int64_t>(0, size - 1));
      const auto end = ends[i] < -size ? -1 : within(ends[i], -1, size - 1);
      axis.count = (axis.start - end - steps[i] - 1) / -steps[i];
    }
    axis.count = std::clamp<std::int64_t>(axis.count, 0, size);
  }
  return result;
}

std::vector<std::size_t> transposition(const Node& node, const Shape& input) {
  std::vector<std::int64_t> reversed(input.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const auto given = node.integers("perm", reversed);
  std::vector<std::size_t> axes;
  for (const auto axis : given) axes.push_back(axis_of(node, axis, input.size()));
  auto sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  const bool repeated = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  if (axes.size() != input.size() || repeated) fail(node, "perm is no order of the axes");
  return axes;
}

Padding padding_of(const Node& node, Operands inputs) {
  const auto rank = inputs[0].shape->size();
  if (node.text("mode", "constant") != "constant")
    unsupported(node, "Mien knows constant padding alone");
  if (inputs.size() > 3 && inputs[3].given())
    unsupported(node, "Mien knows padding of all axes alone");
  const auto pads = integers_of(node, inputs, 1, "pads", {});
  if (pads.size() != 2 * rank) fail(node, "its pads do not fit its input");
  constexpr std::int64_t kLargest = 1 << 20;
  for (const auto pad : pads) {
    if (pad < 0 || pad > kLargest) fail(node, "its pads are out of range");
  }
  Padding padding;
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(rank);
  padding.before.assign(pads.begin(), middle);
  padding.behind.assign(middle, pads.end());
  padding.value = node.real("value", 0);
  if (inputs.size() > 2 && inputs[2].given()) {
    const Tensor* value = inputs[2].tensor;
    if (value == nullptr || value->reals.size() != 1)
      unsupported(node, "its value is no fixed number");
    padding.value = value->reals.front();
  }
  return padding;
}

std::vector<std::int64_t> split_sizes(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  const auto length = input[axis_of(node, node.integer("axis", 0), input.size())];
  const auto parts = static_cast<std::int64_t>(node.outputs.size());
  if (parts == 0) fail(node, "it has no outputs");
  const auto part = (length + parts - 1) / parts;  // the last may be shorter
  std::vector<std::int64_t> equal(node.outputs.size(), part);
  equal.back() = length - part * (parts - 1);
  const auto sizes = integers_of(node, inputs, 1, "split", equal);
  std::int64_t sum = 0;
  for (const auto size : sizes) {
    if (size < 0 || size > length) fail(node, "its parts are out of range");
    sum += size;
  }
  if (sizes.size() != node.outputs.size() || sum != length) {
    fail(node, "its parts do not fit its input");
  }
  return sizes;
}

}  // namespace mien
