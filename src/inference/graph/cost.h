#pragma once

#include "inference/graph/graph.h"

namespace mien {

/// How many multiplications, or steps of about that work, a node needs for one run. Its shapes are
/// known.
std::int64_t products_of(const Graph& graph, const Node& node);

}  // namespace mien
