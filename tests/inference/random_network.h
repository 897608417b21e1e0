#pragma once

#include <random>

#include "graph_maker.h"

namespace mien::test {

/// A network of about `nodes` nodes in any order that the arrows allow: convolutions with
/// normalisations, residual sums, gates, concatenations, pooling, reshapes; values that several
/// nodes read, or that are outputs too.
Graph random_network(std::mt19937& random, std::int64_t batch, int nodes);

}  // namespace mien::test
