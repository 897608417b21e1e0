// Feeds ONNX files, whole and damaged, to what reads and runs them: the checks of their contents,
// the graph's reader, shapes and simplification, the engine on oneDNN and one run of it, compared
// with the reference. Mutates models as such as well as their bytes.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "inference/executor.h"
#include "inference/graph/cost.h"
#include "inference/graph/graph_reader.h"
#include "inference/graph/simplify.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/onnx_checks.h"
#include "mien/error.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace mien {
namespace {

/// More would make each run slow.
constexpr std::int64_t kMostProducts = 2'000'000;
constexpr std::int64_t kMostValues = 1 << 18;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

/// The sizes that the file states, with 2 for those that it leaves open.
Shape stated_shape(const onnx::ValueInfoProto& value) {
  Shape shape;
  for (const auto& size : value.type().tensor_type().shape().dim()) {
    shape.push_back(size.has_dim_value() ? std::clamp<std::int64_t>(size.dim_value(), 1, 64) : 2);
  }
  return shape;
}

std::vector<Shape> input_shapes(const onnx::GraphProto& proto, const Graph& graph) {
  std::vector<Shape> shapes;
  for (const int input : graph.inputs) {
    for (const auto& value : proto.input()) {
      if (value.name() == graph.value(input).name) shapes.push_back(stated_shape(value));
    }
  }
  shapes.resize(graph.inputs.size());
  return shapes;
}

bool is_small(const Graph& graph) {
  std::int64_t values = 0;
  std::int64_t products = 0;
  for (const auto& value : graph.values) values += element_count(value.shape);
  for (const auto& node : graph.nodes) products += products_of(graph, node);
  return values <= kMostValues && products <= kMostProducts;
}

using Tensors = std::vector<std::vector<float>>;

Tensors run(Executor& executor, const Graph& graph) {
  Tensors inputs;
  Tensors outputs;
  std::mt19937 random(1);
  for (const int input : graph.inputs) {
    inputs.emplace_back(static_cast<std::size_t>(element_count(graph.value(input).shape)));
    for (auto& value : inputs.back()) value = static_cast<float>(random() % 2001) / 1000 - 1;
  }
  for (const int output : graph.outputs) {
    outputs.emplace_back(static_cast<std::size_t>(element_count(graph.value(output).shape)));
  }
  const std::vector<std::span<const float>> from(inputs.begin(), inputs.end());
  const std::vector<std::span<float>> to(outputs.begin(), outputs.end());
  executor.run(from, to);
  return outputs;
}

/// Of numbers that are finite and of a usual size; others are where rounding may do anything.
void compare(const Tensors& found, const Tensors& expected) {
  double largest = 1;
  for (const auto& values : expected) {
    for (const float value : values) {
      if (!(std::abs(value) < 1e4F)) return;
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t k = 0; k < found[i].size(); ++k) {
      require(std::abs(static_cast<double>(found[i][k]) - expected[i][k]) < 0.05 * largest);
    }
  }
}

/// Whether small differences stay small.
bool is_steady(const Graph& graph) {
  return std::none_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return node.operation == "Div" || node.operation == "BatchNormalization";
  });
}

void read_and_run(const onnx::ModelProto& proto) {
  check_contents(proto.graph());
  Graph graph = read_graph(proto, "the file");
  const auto shapes = input_shapes(proto.graph(), graph);
  graph = with_shapes(std::move(graph), shapes);
  if (!is_small(graph)) return;
  for (const int output : graph.outputs) {
    if (graph.value(output).type != ElementType::real) return;
  }
  const auto expected = run(*make_reference_executor(graph), graph);
  const bool steady = is_steady(graph);
  const Graph simple = simplify(std::move(graph));
  const auto executor = make_onednn_executor(simple, {}, make_onednn_constants());
  const auto found = run(*executor, simple);
  if (steady) compare(found, expected);
}

/// Changes a model so that it stays one.
class Mutator {
 public:
  Mutator(onnx::GraphProto& graph, unsigned seed) : graph_(graph), random_(seed) {}

  void mutate() {
    if (graph_.node_size() == 0) return;
    switch (pick(8)) {
      case 0:
        change_operation();
        break;
      case 1:
      case 2:
        change_input();
        break;
      case 3:
      case 4:
        change_attribute();
        break;
      case 5:
        change_sizes();
        break;
      case 6:
        insert_node();
        break;
      default:
        node().mutable_input()->Add(any_name());
    }
  }

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  onnx::NodeProto& node() { return *graph_.mutable_node(pick(graph_.node_size())); }

  std::int64_t any_number() {
    constexpr std::int64_t kNumbers[] = {
        0, 1, 2, 3, 4, 5, -1, -2, 16, 64, 255, 4096, 65536, 2147483648, INT64_MAX, INT64_MIN};
    return pick(2) == 0 ? pick(5) : kNumbers[pick(static_cast<int>(std::size(kNumbers)))];
  }

  std::string any_operation() {
    constexpr const char* kOperations[] = {"Conv",
                                           "Gemm",
                                           "MatMul",
                                           "MaxPool",
                                           "AveragePool",
                                           "GlobalAveragePool",
                                           "Relu",
                                           "LeakyRelu",
                                           "Clip",
                                           "Sigmoid",
                                           "HardSwish",
                                           "HardSigmoid",
                                           "PRelu",
                                           "Add",
                                           "Mul",
                                           "Sub",
                                           "Concat",
                                           "Pad",
                                           "Resize",
                                           "Reshape",
                                           "Flatten",
                                           "Transpose",
                                           "Softmax",
                                           "ReduceMean",
                                           "Dropout",
                                           "Identity",
                                           "Split",
                                           "Slice",
                                           "BatchNormalization",
                                           "GlobalMaxPool",
                                           "Squeeze",
                                           "Unsqueeze",
                                           "Gather",
                                           "Shape",
                                           "Elu",
                                           "Tanh"};
    return kOperations[pick(static_cast<int>(std::size(kOperations)))];
  }

  std::string any_name() {
    const int kind = pick(3);
    if (kind == 0 && graph_.initializer_size() > 0) {
      return graph_.initializer(pick(graph_.initializer_size())).name();
    }
    const auto& from = node();
    if (kind == 1 && from.output_size() > 0) return from.output(pick(from.output_size()));
    return graph_.input_size() > 0 ? graph_.input(0).name() : std::string();
  }

  void change_operation() { node().set_op_type(any_operation()); }

  void change_input() {
    auto& changed = node();
    if (changed.input_size() == 0) return;
    changed.set_input(pick(changed.input_size()), pick(8) == 0 ? std::string() : any_name());
  }

  void change_attribute() {
    auto& changed = node();
    constexpr const char* kNames[] = {"axis",
                                      "axes",
                                      "perm",
                                      "pads",
                                      "strides",
                                      "group",
                                      "transA",
                                      "transB",
                                      "keepdims",
                                      "ceil_mode",
                                      "dilations",
                                      "kernel_shape",
                                      "count_include_pad",
                                      "alpha"};
    if (changed.attribute_size() == 0 || pick(4) == 0) {
      auto& added = *changed.add_attribute();
      added.set_name(kNames[pick(static_cast<int>(std::size(kNames)))]);
      const bool list = pick(2) == 0;
      added.set_type(list ? onnx::AttributeProto::INTS : onnx::AttributeProto::INT);
      if (list) {
        for (int i = pick(5); i >= 0; --i) added.add_ints(any_number());
      } else {
        added.set_i(any_number());
      }
      return;
    }
    auto& attribute = *changed.mutable_attribute(pick(changed.attribute_size()));
    if (attribute.ints_size() > 0) {
      attribute.set_ints(pick(attribute.ints_size()), any_number());
    } else if (attribute.has_f()) {
      attribute.set_f(static_cast<float>(any_number()));
    } else if (attribute.has_i()) {
      attribute.set_i(any_number());
    }
  }

  /// Of a constant, whose data stays as large as its shape says, or of an input.
  void change_sizes() {
    if (graph_.initializer_size() == 0 || pick(4) == 0) return change_input_size();
    auto& tensor = *graph_.mutable_initializer(pick(graph_.initializer_size()));
    if (tensor.data_type() == onnx::TensorProto::INT64 && tensor.int64_data_size() > 0) {
      tensor.set_int64_data(pick(tensor.int64_data_size()), any_number());
      return;
    }
    const int axis = tensor.dims_size() > 0 ? pick(tensor.dims_size()) : 0;
    if (tensor.dims_size() == 0 || pick(4) == 0) {
      tensor.add_dims(1 + pick(3));
    } else {
      tensor.set_dims(axis, pick(6) == 0 ? any_number() : 1 + pick(20));
    }
    std::int64_t count = 1;
    for (const auto size : tensor.dims()) {
      if (size < 0 || size > 4096 || (count *= size) > 4096) return;
    }
    while (tensor.float_data_size() > count) tensor.mutable_float_data()->RemoveLast();
    while (tensor.float_data_size() < count)
      tensor.add_float_data(static_cast<float>(pick(9) - 4) / 4);
  }

  void change_input_size() {
    if (graph_.input_size() == 0) return;
    auto& shape = *graph_.mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    if (shape.dim_size() == 0 || pick(8) == 0) {
      shape.add_dim()->set_dim_value(1 + pick(4));
    } else {
      shape.mutable_dim(pick(shape.dim_size()))->set_dim_value(1 + pick(20));
    }
  }

  /// Behind a random node, whose readers it takes over.
  void insert_node() {
    if (graph_.node_size() > 60) return;
    const int place = pick(graph_.node_size());
    if (graph_.node(place).output_size() == 0) return;
    const std::string name = graph_.node(place).output(0);
    const std::string added = name + "'" + std::to_string(random_());
    onnx::NodeProto inserted;
    inserted.set_op_type(any_operation());
    inserted.add_input(name);
    for (int i = pick(3); i > 0; --i) inserted.add_input(any_name());
    inserted.add_output(added);
    for (int i = place + 1; i < graph_.node_size(); ++i) {
      for (auto& input : *graph_.mutable_node(i)->mutable_input()) {
        if (input == name && pick(2) == 0) input = added;
      }
    }
    for (auto& output : *graph_.mutable_output()) {
      if (output.name() == name) output.set_name(added);
    }
    *graph_.add_node() = inserted;
    for (int i = graph_.node_size() - 1; i > place + 1; --i) {
      graph_.mutable_node()->SwapElements(i, i - 1);
    }
  }

  onnx::GraphProto& graph_;
  std::mt19937 random_;
};

}  // namespace
}  // namespace mien

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  onnx::ModelProto proto;
  if (!proto.ParseFromArray(data, static_cast<int>(size)) || !proto.has_graph()) return 0;
  try {
    mien::read_and_run(proto);
  } catch (const mien::Error& error) {
    mien::require(error.code() == mien::ErrorCode::model);
    mien::require(std::string(error.what()).find('\n') == std::string::npos);
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  onnx::ModelProto proto;
  if (seed % 8 == 0 || !proto.ParseFromArray(data, static_cast<int>(size)) || !proto.has_graph()) {
    return LLVMFuzzerMutate(data, size, most);
  }
  mien::Mutator mutator(*proto.mutable_graph(), seed);
  for (unsigned i = 0; i <= seed / 8 % 3; ++i) mutator.mutate();
  const std::string bytes = proto.SerializeAsString();
  if (bytes.empty() || bytes.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
