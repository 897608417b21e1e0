#include "inference/graph/graph_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "inference/graph/cost.h"
#include "inference/graph/unsupported.h"
#include "inference/operators/operator.h"
#include "mien/error.h"

namespace mien {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores little-endian bytes");

/// All values of one run together: 2^27 floats, half a gigabyte when no memory is used twice.
constexpr std::int64_t kMostComputed = std::int64_t{1} << 27;
/// Of one run: sixty times VGG-16 on a picture of 224x224.
constexpr std::int64_t kMostProducts = 1'000'000'000'000;
/// Larger constants are not computed beforehand, ...
constexpr std::int64_t kMostFolded = std::int64_t{1} << 22;
/// ... nor more than this many values altogether.
constexpr std::int64_t kMostFoldedTogether = std::int64_t{1} << 25;
constexpr int kOldestOpset = 11;

[[noreturn]] void invalid(const std::string& what) { throw Error(ErrorCode::model, what); }

template <typename Stored, typename Wanted, typename Field>
std::vector<Wanted> values_of(const onnx::TensorProto& proto, const Field& field,
                              std::size_t count) {
  std::vector<Wanted> values(count);
  if (proto.has_raw_data()) {
    const auto& bytes = proto.raw_data();
    if constexpr (std::is_same_v<Stored, Wanted>) {
      if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
      return values;
    }
    std::vector<Stored> stored(count);
    if (count > 0) std::memcpy(stored.data(), bytes.data(), bytes.size());
    std::transform(stored.begin(), stored.end(), values.begin(),
                   [](Stored value) { return static_cast<Wanted>(value); });
    return values;
  }
  std::transform(field.begin(), field.end(), values.begin(),
                 [](auto value) { return static_cast<Wanted>(value); });
  return values;
}

std::shared_ptr<const Tensor> read_tensor(const onnx::TensorProto& proto) {
  const Shape shape(proto.dims().begin(), proto.dims().end());
  const auto count = static_cast<std::size_t>(element_count(shape));
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return std::make_shared<Tensor>(
          Tensor::of_reals(shape, values_of<float, float>(proto, proto.float_data(), count)));
    case onnx::TensorProto::DOUBLE:
      return std::make_shared<Tensor>(
          Tensor::of_reals(shape, values_of<double, float>(proto, proto.double_data(), count)));
    case onnx::TensorProto::INT64:
      return std::make_shared<Tensor>(Tensor::of_integers(
          shape, values_of<std::int64_t, std::int64_t>(proto, proto.int64_data(), count)));
    case onnx::TensorProto::INT32:
      return std::make_shared<Tensor>(Tensor::of_integers(
          shape, values_of<std::int32_t, std::int64_t>(proto, proto.int32_data(), count)));
    default:
      throw Unsupported("the constant '" + proto.name() + "' is neither float nor integer");
  }
}

Attribute read_attribute(const onnx::AttributeProto& proto) {
  switch (proto.type()) {
    case onnx::AttributeProto::INT:
      return proto.i();
    case onnx::AttributeProto::FLOAT:
      return proto.f();
    case onnx::AttributeProto::STRING:
      return proto.s();
    case onnx::AttributeProto::INTS:
      return std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end());
    case onnx::AttributeProto::FLOATS:
      return std::vector<float>(proto.floats().begin(), proto.floats().end());
    case onnx::AttributeProto::TENSOR:
      return read_tensor(proto.t());
    default:
      throw Unsupported("the attribute '" + proto.name() + "' is of a kind Mien does not know");
  }
}

/// Reads a graph's parts, and knows each value by its name.
class Reader {
 public:
  explicit Reader(const onnx::GraphProto& proto) : proto_(proto) {}

  Graph read(int opset) {
    graph_.opset = opset;
    for (const auto& weights : proto_.initializer()) {
      graph_.value(define(weights.name())).constant = read_tensor(weights);
      auto& value = graph_.values.back();
      value.shape = value.constant->shape;
      value.type = value.constant->type;
    }
    for (const auto& input : proto_.input()) {
      if (!by_name_.contains(input.name())) graph_.inputs.push_back(define(input.name()));
    }
    for (const auto& node : proto_.node()) read_node(node);
    for (const auto& output : proto_.output()) {
      graph_.outputs.push_back(defined(output.name(), "the graph's output"));
    }
    return std::move(graph_);
  }

 private:
  int define(const std::string& name) {
    const auto index = static_cast<int>(graph_.values.size());
    if (!by_name_.emplace(name, index).second) invalid("'" + name + "' is defined twice");
    graph_.values.push_back({name, {}, ElementType::real, nullptr});
    return index;
  }

  int defined(const std::string& name, const std::string& by) const {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second;
    invalid(by + " needs '" + name + "', which nothing before it gives");
  }

  void read_node(const onnx::NodeProto& proto) {
    Node node;
    node.operation = proto.op_type();
    node.name = proto.name().empty() && proto.output_size() > 0 ? proto.output(0) : proto.name();
    const bool standard = proto.domain().empty() || proto.domain() == "ai.onnx";
    const auto* known = standard ? find_operator(node.operation) : nullptr;
    if (known == nullptr) throw Unsupported("it uses the operator " + node.operation);
    for (const auto& input : proto.input()) {
      node.inputs.push_back(
          input.empty() ? Node::kAbsent : defined(input, node.operation + " '" + node.name + "'"));
    }
    for (std::size_t i = 0; i < known->fewest_inputs; ++i) {
      if (!node.has_input(i)) invalid(node.operation + " '" + node.name + "' lacks an input");
    }
    if (node.inputs.size() > known->most_inputs) {
      invalid(node.operation + " '" + node.name + "' has too many inputs");
    }
    for (const auto& attribute : proto.attribute()) {
      node.attributes.emplace(attribute.name(), read_attribute(attribute));
    }
    // Before opset 13 it takes all axes from the named one on together.
    if (node.operation == "Softmax" && graph_.opset < 13) {
      node.attributes.emplace("axis", std::int64_t{1});
      node.attributes["flattens"] = std::int64_t{1};
    }
    for (const auto& output : proto.output()) {
      node.outputs.push_back(output.empty()
                                 ? define("unnamed " + std::to_string(graph_.values.size()))
                                 : define(output));
    }
    if (node.outputs.empty()) invalid(node.operation + " '" + node.name + "' has no output");
    graph_.nodes.push_back(std::move(node));
  }

  const onnx::GraphProto& proto_;
  Graph graph_;
  std::map<std::string, int> by_name_;
};

bool is_foldable(const Node& node, const Operator& known, Operands operands,
                 const std::vector<Description>& described) {
  const auto is_known = [](const Operand& operand) {
    return !operand.given() || operand.tensor != nullptr;
  };
  if (node.operation == "Constant") return true;
  const bool follows_from_shape = node.operation == "Shape";
  if (!known.cheap) return false;
  if (!follows_from_shape && !std::all_of(operands.begin(), operands.end(), is_known)) return false;
  return std::all_of(described.begin(), described.end(), [](const Description& output) {
    return element_count(output.shape) <= kMostFolded;
  });
}

std::vector<Tensor> compute(const Node& node, const Operator& known, Operands operands,
                            const std::vector<Description>& described) {
  std::vector<Tensor> outputs;
  for (const auto& [shape, type] : described) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    outputs.push_back(type == ElementType::real
                          ? Tensor::of_reals(shape, std::vector<float>(count))
                          : Tensor::of_integers(shape, std::vector<std::int64_t>(count)));
  }
  known.compute(node, operands, outputs);
  return outputs;
}

/// Shapes of one node's outputs; true when they are constants now.
bool describe(Graph& graph, const Node& node) {
  const auto& known = *find_operator(node.operation);
  const auto operands = operands_of(graph, node);
  const auto described = known.describe(node, operands);
  for (const auto& output : described) element_count(output.shape);  // in range?
  if (described.size() < node.outputs.size()) {
    throw Unsupported(node.operation + " '" + node.name + "' has outputs that Mien does not know");
  }
  const bool folded = is_foldable(node, known, operands, described);
  auto computed = folded ? compute(node, known, operands, described) : std::vector<Tensor>();
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    auto& value = graph.value(node.outputs[i]);
    value.shape = described[i].shape;
    value.type = described[i].type;
    if (folded) value.constant = std::make_shared<Tensor>(std::move(computed[i]));
  }
  return folded;
}

}  // namespace

Graph read_graph(const onnx::ModelProto& proto, const std::string& where) {
  try {
    int opset = 0;
    for (const auto& set : proto.opset_import()) {
      if (set.domain().empty() || set.domain() == "ai.onnx") {
        opset = static_cast<int>(set.version());
      }
    }
    if (opset < kOldestOpset) {
      throw Unsupported("its opset " + std::to_string(opset) + " is older than 11");
    }
    return Reader(proto.graph()).read(opset);
  } catch (const Unsupported& error) {
    throw Unsupported(where + ": " + error.what());
  } catch (const Error& error) {
    throw Error(error.code(), where + ": " + error.what() + "; export the model again");
  }
}

Graph with_shapes(Graph graph, const std::vector<Shape>& inputs) {
  if (inputs.size() != graph.inputs.size()) invalid("it has another number of inputs");
  for (std::size_t i = 0; i < inputs.size(); ++i) graph.value(graph.inputs[i]).shape = inputs[i];
  std::int64_t computed = 0;
  std::int64_t folded_values = 0;
  std::int64_t products = 0;
  std::vector<Node> kept;
  for (auto& node : graph.nodes) {
    const bool folded = describe(graph, node);
    for (const int output : node.outputs) {
      const auto count = element_count(graph.value(output).shape);
      if (count == 0 && !folded) invalid(node.operation + " '" + node.name + "' gives no values");
      const bool in_file = node.operation == "Constant";
      (folded ? folded_values : computed) += in_file ? 0 : count;
    }
    if (folded_values > kMostFoldedTogether) invalid("its constants become too many when computed");
    if (computed > kMostComputed) invalid("it needs more than half a gigabyte for one run");
    if (folded) continue;
    products += products_of(graph, node);
    if (products > kMostProducts) invalid("it needs more than 10^12 multiplications for one run");
    kept.push_back(std::move(node));
  }
  graph.nodes = std::move(kept);
  return graph;
}

}  // namespace mien
