#pragma once

#include <vector>

#include "inference/operators/operator.h"

namespace mien {

/// The shape of what two tensors give element by element, sizes of 1 repeated (as in NumPy). Throws
/// Error (model) when they do not fit.
Shape broadcast(const Node& node, const Shape& a, const Shape& b);

/// For each element of `output`, row by row, the index of the element of a tensor of shape `input`
/// that is broadcast there.
std::vector<std::size_t> broadcast_indices(const Shape& input, const Shape& output);

}  // namespace mien
