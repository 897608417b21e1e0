#pragma once

#include <array>
#include <cstdint>

#include "inference/operators/operator.h"

namespace mien {

/// Of a kernel, a stride, a dilation or the padding at one side.
inline constexpr std::int64_t kLargestWindow = 4096;

/// How a convolution or pooling slides over a picture; [0] is vertical, [1] horizontal.
struct Window {
  using Pair = std::array<std::int64_t, 2>;

  Pair kernel{};
  Pair stride{};
  Pair dilation{};  ///< distance of neighbouring taps, 1 or more
  Pair pad_begin{};
  Pair pad_end{};  ///< may reach further than the last window
  Pair output{};   ///< how many windows there are
};

/// The window of a node of Conv or a pooling over `input` [N, C, height, width]. Throws Error
/// (model) when it is out of range.
Window window_of(const Node& node, const Shape& input, const Window::Pair& kernel);

/// The same with the kernel of the attribute kernel_shape.
Window window_of(const Node& node, const Shape& input);

/// One window over the whole of an input [N, C, height, width].
Window whole_window(const Shape& input);

}  // namespace mien
