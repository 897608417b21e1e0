#pragma once

#include "inference/graph/graph.h"

namespace mien {

/// The same function with fewer nodes: normalisations become part of the convolution before them,
/// zero padding that of the convolution behind it; identities and what nobody reads are left out.
/// Normalisations that follow no convolution become a multiplication and an addition.
Graph simplify(Graph graph);

}  // namespace mien
