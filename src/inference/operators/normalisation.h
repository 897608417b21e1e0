#pragma once

#include "inference/operators/operator.h"

namespace mien {

/// The input's shape with sizes of 1 along the axes that a node of ReduceMean takes the mean over.
Shape kept_shape(const Node& node, Operands inputs);

}  // namespace mien
