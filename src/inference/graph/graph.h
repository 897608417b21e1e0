#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "inference/graph/tensor.h"

namespace mien {

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, std::shared_ptr<const Tensor>>;

/// An operation of ONNX, by its name there.
struct Node {
  static constexpr int kAbsent = -1;  ///< an input that was left out

  std::string operation;
  std::string name;          ///< for error messages
  std::vector<int> inputs;   ///< indices of Graph::values, or kAbsent
  std::vector<int> outputs;  ///< indices of Graph::values
  std::map<std::string, Attribute> attributes;

  bool has_input(std::size_t index) const {
    return index < inputs.size() && inputs[index] != kAbsent;
  }

  /// The attribute, or `otherwise` when it is not given. Throw Error (model) for one of another
  /// type.
  std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
  float real(const std::string& attribute, float otherwise) const;
  std::string text(const std::string& attribute, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& attribute,
                                     std::vector<std::int64_t> otherwise) const;
};

/// Something that flows from node to node, or a constant.
struct Value {
  std::string name;
  Shape shape;
  ElementType type = ElementType::real;
  std::shared_ptr<const Tensor> constant;  ///< empty when it is computed
};

/// A network for one batch size: every shape is known, every node stands after those it needs.
struct Graph {
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<int> inputs;   ///< indices of values
  std::vector<int> outputs;  ///< indices of values
  int opset = 0;

  const Value& value(int index) const { return values[static_cast<std::size_t>(index)]; }
  Value& value(int index) { return values[static_cast<std::size_t>(index)]; }

  /// The constant that a node's input is, or nothing when it is absent. Throws Unsupported when
  /// it is computed at run time instead.
  const Tensor* constant_input(const Node& node, std::size_t index) const;

  /// The indices of nodes that read each value; a graph's output counts as read by -1.
  std::vector<std::vector<int>> readers() const;
};

}  // namespace mien
