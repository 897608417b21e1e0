#include "inference/operators/broadcast.h"

#include <algorithm>

namespace mien {

Shape broadcast(const Node& node, const Shape& a, const Shape& b) {
  const auto rank = std::max(a.size(), b.size());
  Shape result(rank);
  for (std::size_t i = 1; i <= rank; ++i) {
    const auto size_a = i <= a.size() ? a[a.size() - i] : 1;
    const auto size_b = i <= b.size() ? b[b.size() - i] : 1;
    if (size_a != size_b && size_a != 1 && size_b != 1) {
      fail(node, "its inputs " + to_string(a) + " and " + to_string(b) + " do not fit");
    }
    result[rank - i] = size_a == 1 ? size_b : size_a;
  }
  return result;
}

std::vector<std::size_t> broadcast_indices(const Shape& input, const Shape& output) {
  const auto missing = output.size() - input.size();
  const auto strides = strides_of(input);
  std::vector<std::size_t> indices(static_cast<std::size_t>(element_count(output)));
  Shape place(output.size());
  for (auto& index : indices) {
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < input.size(); ++axis) {
      if (input[axis] != 1) at += place[axis + missing] * strides[axis];
    }
    index = static_cast<std::size_t>(at);
    for (std::size_t axis = output.size(); axis-- > 0 && ++place[axis] == output[axis];) {
      place[axis] = 0;
    }
  }
  return indices;
}

}  // namespace mien
