#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inference/graph/graph.h"

namespace mien {

/// An input of a node: always its shape and type, and its values where they are known.
struct Operand {
  const Shape* shape = nullptr;  ///< null when the input was left out
  ElementType type = ElementType::real;
  const Tensor* tensor = nullptr;

  bool given() const { return shape != nullptr; }
};

using Operands = std::span<const Operand>;

/// Shape and type of an output.
struct Description {
  Shape shape;
  ElementType type = ElementType::real;
};

/// Of inputs, for Concat.
inline constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

/// What Mien knows of an operation of ONNX: once the shapes, once the plainest computation, against
/// which faster ones are checked.
struct Operator {
  std::string_view name;
  std::size_t fewest_inputs;
  std::size_t most_inputs;
  /// The outputs. Throws Error (model) when the inputs and attributes make no sense, Unsupported
  /// when they need what Mien does not know.
  std::vector<Description> (*describe)(const Node& node, Operands inputs);
  /// Fills in the outputs, which are as describe() said; every given input has its values.
  void (*compute)(const Node& node, Operands inputs, std::span<Tensor> outputs);
  /// Costs little for each value, so that a node with constant inputs may be computed beforehand.
  bool cheap = true;
};

/// The operator of that name; null when Mien does not know it.
const Operator* find_operator(std::string_view name);

/// The operators of one file each.
std::span<const Operator> convolution_operators();
std::span<const Operator> elementwise_operators();
std::span<const Operator> linear_operators();
std::span<const Operator> normalisation_operators();
std::span<const Operator> pooling_operators();
std::span<const Operator> rearranging_operators();
std::span<const Operator> resizing_operators();
std::span<const Operator> shape_operators();

/// What a node reads.
std::vector<Operand> operands_of(const Graph& graph, const Node& node);

/// Throws Error (model) that names the node: the model is wrong.
[[noreturn]] void fail(const Node& node, const std::string& what);

/// Throws Unsupported that names the node: the model needs what Mien does not know.
[[noreturn]] void unsupported(const Node& node, const std::string& what);

/// Throws Error (model) when one of these inputs, as far as they are given, does not hold floats.
void check_floats(const Node& node, Operands inputs);

/// The axis counted from the front, for a tensor of `rank` axes.
std::size_t axis_of(const Node& node, std::int64_t axis, std::size_t rank);

/// Integers that older models state as an attribute and newer ones as an input; `otherwise` when
/// neither is given.
std::vector<std::int64_t> integers_of(const Node& node, Operands inputs, std::size_t index,
                                      const std::string& attribute,
                                      std::vector<std::int64_t> otherwise);

/// How far apart neighbours along each axis are in row-major order.
std::vector<std::int64_t> strides_of(const Shape& shape);

}  // namespace mien
