#pragma once

#include <vector>

#include "inference/operators/operator.h"

namespace mien {

/// What Slice takes along each axis: `count` elements from `start` on, `step` apart (not 0).
struct SliceAxis {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

std::vector<SliceAxis> slice_axes(const Node& node, Operands inputs);

/// For each axis of Transpose's output, the input's axis.
std::vector<std::size_t> transposition(const Node& node, const Shape& input);

/// How many elements Pad adds before and behind each axis, and their value.
struct Padding {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> behind;
  float value = 0;
};

Padding padding_of(const Node& node, Operands inputs);

/// The sizes of Split's outputs along its axis.
std::vector<std::int64_t> split_sizes(const Node& node, Operands inputs);

}  // namespace mien
