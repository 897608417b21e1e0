#include <algorithm>
#include <array>
#include <limits>

#include "inference/operators/operator.h"
#include "inference/operators/window.h"

namespace mien {
namespace {

enum class Pooling { maximum, average };

std::vector<Description> describe_window(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& input = *inputs[0].shape;
  const auto window = window_of(node, input);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (std::max(window.pad_begin[axis], window.pad_end[axis]) >= window.kernel[axis]) {
      fail(node, "its padding hides a window");
    }
  }
  return {{{input[0], input[1], window.output[0], window.output[1]}}};
}

std::vector<Description> describe_global(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& input = *inputs[0].shape;
  if (input.size() != 4) fail(node, "its input " + to_string(input) + " is no picture");
  if (element_count(input) == 0) fail(node, "its input is empty");
  return {{{input[0], input[1], 1, 1}}};
}

/// How many taps of the window lie within the picture and its padding: those of a last window that
/// `ceil_mode` adds may reach further.
std::int64_t padded_taps(const Window& window, const Shape& shape, const Window::Pair& place) {
  std::int64_t taps = 1;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto first = place[axis] * window.stride[axis] - window.pad_begin[axis];
    const auto room = shape[axis + 2] + window.pad_end[axis] - first;
    taps *= std::min(window.kernel[axis], (room - 1) / window.dilation[axis] + 1);
  }
  return taps;
}

/// What the window at (y, x) holds of one channel. Padding counts in the average only when asked.
float pool_at(const float* channel, const Shape& shape, const Window& window, Pooling kind,
              bool count_padding, std::int64_t y, std::int64_t x) {
  float largest = -std::numeric_limits<float>::infinity();
  double sum = 0;
  std::int64_t inside = 0;
  for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
    const auto from_y = y * window.stride[0] + ky * window.dilation[0] - window.pad_begin[0];
    if (from_y < 0 || from_y >= shape[2]) continue;
    for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
      const auto from_x = x * window.stride[1] + kx * window.dilation[1] - window.pad_begin[1];
      if (from_x < 0 || from_x >= shape[3]) continue;
      const float value = channel[from_y * shape[3] + from_x];
      largest = std::max(largest, value);
      sum += value;
      ++inside;
    }
  }
  if (kind == Pooling::maximum) return largest;
  const auto count =
      count_padding ? padded_taps(window, shape, {y, x}) : std::max<std::int64_t>(1, inside);
  return static_cast<float>(sum / static_cast<double>(count));
}

void pool(const Tensor& input, const Window& window, Pooling kind, bool count_padding,
          Tensor& output) {
  std::size_t i = 0;
  for (std::int64_t channel = 0; channel < input.shape[0] * input.shape[1]; ++channel) {
    const float* from = input.reals.data() + channel * input.shape[2] * input.shape[3];
    for (std::int64_t y = 0; y < window.output[0]; ++y) {
      for (std::int64_t x = 0; x < window.output[1]; ++x) {
        output.reals[i++] = pool_at(from, input.shape, window, kind, count_padding, y, x);
      }
    }
  }
}

template <Pooling kind>
void compute_window(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const bool count_padding = node.integer("count_include_pad", 0) != 0;
  pool(*inputs[0].tensor, window_of(node, *inputs[0].shape), kind, count_padding, outputs[0]);
}

template <Pooling kind>
void compute_global(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  pool(*inputs[0].tensor, whole_window(*inputs[0].shape), kind, false, outputs[0]);
}

constexpr std::array<Operator, 4> kOperators = {{
    {"MaxPool", 1, 1, describe_window, compute_window<Pooling::maximum>, false},
    {"AveragePool", 1, 1, describe_window, compute_window<Pooling::average>, false},
    {"GlobalMaxPool", 1, 1, describe_global, compute_global<Pooling::maximum>},
    {"GlobalAveragePool", 1, 1, describe_global, compute_global<Pooling::average>},
}};

}  // namespace

std::span<const Operator> pooling_operators() { return kOperators; }

}  // namespace mien
