#pragma once

#include <random>
#include <string>
#include <vector>

#include "graph_maker.h"

namespace mien::test {

/// A graph of one node, or of few where one alone makes no sense.
struct RandomCase {
  GraphMaker maker;
  bool supported = true;  ///< whether the engine on oneDNN has to run it; else it has to say no
};

/// A kind of node with random shapes and attributes.
struct RandomNode {
  std::string name;
  RandomCase (*make)(std::mt19937& random);
};

/// One for each operator, or for each way in which an operator is computed.
std::vector<RandomNode> random_nodes();
/// Of those, the ones that move values or see them in another shape.
std::vector<RandomNode> random_rearrangements();

}  // namespace mien::test
