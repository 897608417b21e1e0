#pragma once

#include <memory>
#include <span>
#include <vector>

#include "inference/graph/graph.h"

namespace mien {

/// A graph that is ready to run. One thread at a time.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Floats in row-major order: one span for each of the graph's inputs and outputs, of their
  /// sizes.
  virtual void run(std::span<const std::span<const float>> inputs,
                   std::span<const std::span<float>> outputs) = 0;
};

/// Computes node after node as the operators say, in plain loops: slow, and what the others are
/// checked against.
std::unique_ptr<Executor> make_reference_executor(Graph graph);

}  // namespace mien
