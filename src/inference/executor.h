#pragma once

#include <cstdint>
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

/// The same for a graph whose one input, 1 x 3 x H x W, is a picture. One thread at a time.
class PictureExecutor {
 public:
  virtual ~PictureExecutor() = default;

  /// `pixels` are H rows of W pixels, each blue, green and red: the input's three planes on the
  /// scale 0..255. The outputs are as Executor's.
  virtual void run(std::span<const std::uint8_t> pixels,
                   std::span<const std::span<float>> outputs) = 0;
};

/// Computes node after node as the operators say, in plain loops: slow, and what the others are
/// checked against.
std::unique_ptr<Executor> make_reference_executor(Graph graph);
std::unique_ptr<PictureExecutor> make_reference_picture_executor(Graph graph);

}  // namespace mien
