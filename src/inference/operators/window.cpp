#include "inference/operators/window.h"

#include <algorithm>
#include <string>

namespace mien {
namespace {

Window::Pair pair_of(const Node& node, const std::string& attribute, std::int64_t otherwise) {
  const auto values = node.integers(attribute, {otherwise, otherwise});
  if (values.size() != 2) fail(node, attribute + " is not for two axes");
  for (const auto value : values) {
    if (value < 1 || value > kLargestWindow) fail(node, attribute + " is out of range");
  }
  return {values[0], values[1]};
}

void set_explicit_pads(const Node& node, Window& window) {
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  if (pads.size() != 4) fail(node, "pads are not for two axes");
  for (const auto pad : pads) {
    if (pad < 0 || pad > kLargestWindow) fail(node, "pads are out of range");
  }
  window.pad_begin = {pads[0], pads[1]};
  window.pad_end = {pads[2], pads[3]};
}

/// As many windows as an input padded to a multiple of the stride has; of odd padding `SAME_UPPER`
/// has more at the end.
void set_same_pads(const std::string& kind, std::int64_t size, std::size_t axis, Window& window) {
  const auto reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
  window.output[axis] = (size + window.stride[axis] - 1) / window.stride[axis];
  const auto total =
      std::max<std::int64_t>(0, (window.output[axis] - 1) * window.stride[axis] + reach - size);
  const auto less = total / 2;
  window.pad_begin[axis] = kind == "SAME_UPPER" ? less : total - less;
  window.pad_end[axis] = total - window.pad_begin[axis];
}

void set_output(const Node& node, std::int64_t size, std::size_t axis, Window& window) {
  const auto reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
  const auto room = size + window.pad_begin[axis] + window.pad_end[axis] - reach;
  if (room < 0) fail(node, "its window is larger than its padded input");
  const auto stride = window.stride[axis];
  const bool up = node.integer("ceil_mode", 0) != 0;
  auto count = (up ? room + stride - 1 : room) / stride + 1;
  // A window that begins in the padding behind the input is left out.
  if (up && (count - 1) * stride >= size + window.pad_begin[axis]) --count;
  window.output[axis] = count;
}

}  // namespace

Window window_of(const Node& node, const Shape& input, const Window::Pair& kernel) {
  if (input.size() != 4) unsupported(node, "Mien knows it for pictures alone");
  Window window;
  window.kernel = kernel;
  window.stride = pair_of(node, "strides", 1);
  window.dilation = pair_of(node, "dilations", 1);
  const auto padding = node.text("auto_pad", "NOTSET");
  const bool same = padding == "SAME_UPPER" || padding == "SAME_LOWER";
  if (!same && padding != "NOTSET" && padding != "VALID") fail(node, "auto_pad " + padding);
  if (padding == "NOTSET") set_explicit_pads(node, window);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (kernel[axis] < 1 || kernel[axis] > kLargestWindow) fail(node, "its kernel is out of range");
    const auto size = input[axis + 2];
    if (same) {
      set_same_pads(padding, size, axis, window);
    } else {
      set_output(node, size, axis, window);
    }
  }
  return window;
}

Window whole_window(const Shape& input) {
  return {{input[2], input[3]}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1}};
}

Window window_of(const Node& node, const Shape& input) {
  return window_of(node, input, pair_of(node, "kernel_shape", 0));
}

}  // namespace mien
