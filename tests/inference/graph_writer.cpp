#include "graph_writer.h"

namespace mien::test {
namespace {

void write_tensor(const Tensor& tensor, onnx::TensorProto& proto) {
  for (const auto size : tensor.shape) proto.add_dims(size);
  const bool real = tensor.type == ElementType::real;
  proto.set_data_type(real ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64);
  for (const float value : tensor.reals) proto.add_float_data(value);
  for (const auto value : tensor.integers) proto.add_int64_data(value);
}

void write_value(const Graph& graph, int value, onnx::ValueInfoProto& proto) {
  proto.set_name(value_name(value));
  auto& tensor = *proto.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  for (const auto size : graph.value(value).shape) {
    tensor.mutable_shape()->add_dim()->set_dim_value(size);
  }
}

struct AttributeWriter {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const auto value : values) proto.add_floats(value);
  }
  void operator()(const std::shared_ptr<const Tensor>& value) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    write_tensor(*value, *proto.mutable_t());
  }
};

void write_node(const Graph& graph, const Node& node, onnx::NodeProto& proto) {
  proto.set_op_type(node.operation);
  for (const int input : node.inputs) proto.add_input(value_name(input));
  for (const int output : node.outputs) proto.add_output(value_name(output));
  auto attributes = node.attributes;
  if (node.operation == "Conv") {  // may be left out, but not for OpenCV
    const auto& weights = graph.value(node.inputs[1]).shape;
    attributes["kernel_shape"] = std::vector<std::int64_t>{weights[2], weights[3]};
  }
  for (const auto& [name, value] : attributes) {
    auto& attribute = *proto.add_attribute();
    attribute.set_name(name);
    std::visit(AttributeWriter{attribute}, value);
  }
}

}  // namespace

std::string value_name(int value) {
  return value == Node::kAbsent ? std::string() : "value" + std::to_string(value);
}

onnx::ModelProto to_onnx(const Graph& graph) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  auto& proto = *model.mutable_graph();
  proto.set_name("test");
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!graph.values[i].constant) continue;
    auto& weights = *proto.add_initializer();
    weights.set_name(value_name(static_cast<int>(i)));
    write_tensor(*graph.values[i].constant, weights);
  }
  for (const int input : graph.inputs) write_value(graph, input, *proto.add_input());
  for (const int output : graph.outputs) write_value(graph, output, *proto.add_output());
  for (const auto& node : graph.nodes) write_node(graph, node, *proto.add_node());
  return model;
}

}  // namespace mien::test
