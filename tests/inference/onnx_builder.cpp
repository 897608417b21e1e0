#include "onnx_builder.h"

#include <numeric>
#include <random>

namespace mien::test {

OnnxBuilder::OnnxBuilder() {
  model_.set_ir_version(7);
  model_.set_producer_name("mien-tests");
  auto* opset = model_.add_opset_import();
  opset->set_domain("");
  opset->set_version(13);
  model_.mutable_graph()->set_name("test");
}

std::string OnnxBuilder::input(int channels, int height, int width) {
  auto* value = model_.mutable_graph()->add_input();
  value->set_name("input");
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(onnx::TensorProto::FLOAT);
  tensor->mutable_shape()->add_dim()->set_dim_param("N");
  for (const int size : {channels, height, width}) {
    auto* dim = tensor->mutable_shape()->add_dim();
    if (size > 0) dim->set_dim_value(size);
  }
  return value->name();
}

void OnnxBuilder::open_output(const std::string& tensor_name, int axes) {
  auto* value = model_.mutable_graph()->add_output();
  value->set_name(tensor_name);
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(onnx::TensorProto::FLOAT);
  for (int i = 0; i < axes; ++i) tensor->mutable_shape()->add_dim();
}

void OnnxBuilder::output(const std::string& tensor_name, int values) {
  auto* value = model_.mutable_graph()->add_output();
  value->set_name(tensor_name);
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(onnx::TensorProto::FLOAT);
  tensor->mutable_shape()->add_dim()->set_dim_param("N");
  tensor->mutable_shape()->add_dim()->set_dim_value(values);
}

std::string OnnxBuilder::weights(const std::vector<std::int64_t>& shape,
                                 const std::vector<float>& values) {
  auto* tensor = model_.mutable_graph()->add_initializer();
  tensor->set_name("weights" + std::to_string(names_++));
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  for (const auto size : shape) tensor->add_dims(size);
  for (const auto value : values) tensor->add_float_data(value);
  return tensor->name();
}

std::string OnnxBuilder::random_weights(const std::vector<std::int64_t>& shape, float scale,
                                        unsigned seed) {
  const auto count =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  std::mt19937 random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (auto& value : values) {
    value = scale * (static_cast<float>(random() % 20001) / 10000.0F - 1.0F);
  }
  return weights(shape, values);
}

std::string OnnxBuilder::node(const std::string& operation,
                              const std::vector<std::string>& inputs) {
  auto* node = model_.mutable_graph()->add_node();
  node->set_op_type(operation);
  node->set_name(operation + std::to_string(names_));
  for (const auto& name : inputs) node->add_input(name);
  node->add_output("tensor" + std::to_string(names_++));
  return node->output(0);
}

onnx::AttributeProto& OnnxBuilder::attribute(const std::string& name) {
  auto* nodes = model_.mutable_graph()->mutable_node();
  auto* attribute = nodes->Mutable(nodes->size() - 1)->add_attribute();
  attribute->set_name(name);
  return *attribute;
}

void OnnxBuilder::ints(const std::string& name, const std::vector<std::int64_t>& values) {
  auto& added = attribute(name);
  added.set_type(onnx::AttributeProto::INTS);
  for (const auto value : values) added.add_ints(value);
}

void OnnxBuilder::number(const std::string& name, std::int64_t value) {
  auto& added = attribute(name);
  added.set_type(onnx::AttributeProto::INT);
  added.set_i(value);
}

void OnnxBuilder::metadata(const std::string& key, const std::string& value) {
  auto* entry = model_.add_metadata_props();
  entry->set_key(key);
  entry->set_value(value);
}

}  // namespace mien::test
