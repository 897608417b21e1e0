#include "inference/onnx_checks.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "inference/graph/tensor.h"
#include "mien/error.h"

namespace mien {
namespace {

/// DenseNet-201 has about 700, the largest EfficientNet 1,100.
constexpr int kMostNodes = 10'000;

[[noreturn]] void invalid(const std::string& what) { throw Error(ErrorCode::model, what); }

/// The bytes of one value in raw_data, and how many values stand in the field of its type; a value
/// of 0 bytes is none that a network computes with.
struct Stored {
  std::size_t bytes;
  int count;
};

Stored stored_in(const onnx::TensorProto& tensor) {
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT:
      return {4, tensor.float_data_size()};
    case onnx::TensorProto::DOUBLE:
      return {8, tensor.double_data_size()};
    case onnx::TensorProto::INT64:
      return {8, tensor.int64_data_size()};
    case onnx::TensorProto::UINT64:
      return {8, tensor.uint64_data_size()};
    case onnx::TensorProto::UINT32:
      return {4, tensor.uint64_data_size()};
    case onnx::TensorProto::INT32:
      return {4, tensor.int32_data_size()};
    case onnx::TensorProto::INT16:
    case onnx::TensorProto::UINT16:
    case onnx::TensorProto::FLOAT16:
    case onnx::TensorProto::BFLOAT16:
      return {2, tensor.int32_data_size()};
    case onnx::TensorProto::INT8:
    case onnx::TensorProto::UINT8:
    case onnx::TensorProto::BOOL:
      return {1, tensor.int32_data_size()};
    default:
      return {0, 0};
  }
}

void check_tensor(const onnx::TensorProto& tensor) {
  const std::string name = "the constant '" + tensor.name() + "'";
  // Files that a model names could be any of the machine's.
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) invalid(name + " is in another file");
  const auto stored = stored_in(tensor);
  if (stored.bytes == 0) invalid(name + " holds no numbers");
  const Shape shape(tensor.dims().begin(), tensor.dims().end());
  const auto count = static_cast<std::size_t>(element_count(shape));
  if (count == 0 && shape.size() > 1) invalid(name + " has the empty shape " + to_string(shape));
  const bool fits = tensor.has_raw_data() ? tensor.raw_data().size() == count * stored.bytes
                                          : static_cast<std::size_t>(stored.count) == count;
  if (!fits) invalid(name + " does not hold what its shape " + to_string(shape) + " says");
}

struct Limits {
  std::string_view attribute;
  std::int64_t lowest;
  std::int64_t highest;
};

constexpr std::array<Limits, 5> kLimits = {{{"kernel_shape", 1, 4096},
                                            {"strides", 1, 4096},
                                            {"dilations", 1, 4096},
                                            {"pads", -(1 << 20), 1 << 20},
                                            {"group", 1, 1 << 16}}};

void check_numbers(const onnx::NodeProto& node, const onnx::AttributeProto& attribute) {
  for (const auto& [name, lowest, highest] : kLimits) {
    if (attribute.name() != name) continue;
    const auto is_outside = [lowest = lowest, highest = highest](std::int64_t value) {
      return value < lowest || value > highest;
    };
    const bool outside = (attribute.has_i() && is_outside(attribute.i())) ||
                         std::any_of(attribute.ints().begin(), attribute.ints().end(), is_outside);
    if (outside) {
      invalid(node.op_type() + " '" + node.name() + "': " + attribute.name() + " is out of range");
    }
  }
}

int check_nodes(const onnx::GraphProto& graph, int nodes) {
  nodes += graph.node_size();
  if (nodes > kMostNodes) invalid("it has more than 10,000 nodes");
  for (const auto& tensor : graph.initializer()) check_tensor(tensor);
  for (const auto& node : graph.node()) {
    for (const auto& attribute : node.attribute()) {
      check_numbers(node, attribute);
      if (attribute.has_t()) check_tensor(attribute.t());
      for (const auto& tensor : attribute.tensors()) check_tensor(tensor);
      if (attribute.has_g()) nodes = check_nodes(attribute.g(), nodes);
      for (const auto& inner : attribute.graphs()) nodes = check_nodes(inner, nodes);
    }
  }
  return nodes;
}

}  // namespace

void check_contents(const onnx::GraphProto& graph) { check_nodes(graph, 0); }

}  // namespace mien
