#include "train/exporter/onnx_layers.h"

#include <bit>

namespace mien::train {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX keeps raw data little-endian");

void set_integer(onnx::NodeProto& node, const char* name, std::int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(value);
}

void set_integers(onnx::NodeProto& node, const char* name, std::vector<std::int64_t> values) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INTS);
  for (const auto value : values) attribute->add_ints(value);
}

void set_text(onnx::NodeProto& node, const char* name, const std::string& value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::STRING);
  attribute->set_s(value);
}

struct Folded {
  torch::Tensor scale;  ///< of the weights before the normalisation
  torch::Tensor shift;  ///< in place of their bias
};

template <typename Normalisation>
Folded folded(const Normalisation& normalisation, const torch::Tensor& bias) {
  const auto scale =
      normalisation.weight / torch::sqrt(normalisation.running_var + normalisation.options.eps());
  auto shift = normalisation.bias - normalisation.running_mean * scale;
  if (bias.defined()) shift = shift + bias * scale;
  return {scale, shift};
}

}  // namespace

Value OnnxLayers::convolution(const Value& input, torch::nn::Conv2d& layer) {
  return add_convolution(input, layer, layer->weight, layer->bias);
}

Value OnnxLayers::convolution(const Value& input, torch::nn::Conv2d& layer,
                              torch::nn::BatchNorm2d& normalisation) {
  const auto [scale, shift] = folded(*normalisation, layer->bias);
  return add_convolution(input, layer, layer->weight * scale.view({-1, 1, 1, 1}), shift);
}

Value OnnxLayers::relu(const Value& input) { return simple_node("Relu", {input.name}); }

Value OnnxLayers::sigmoid(const Value& input) { return simple_node("Sigmoid", {input.name}); }

Value OnnxLayers::max_pool(const Value& input, int kernel, int stride, int padding) {
  auto& node = add_node("MaxPool", {input.name});
  set_integers(node, "kernel_shape", {kernel, kernel});
  set_integers(node, "strides", {stride, stride});
  set_integers(node, "pads", {padding, padding, padding, padding});
  return {{}, node.output(0)};
}

Value OnnxLayers::global_average_pool(const Value& input) {
  return simple_node("GlobalAveragePool", {input.name});
}

Value OnnxLayers::add(const Value& a, const Value& b) {
  return simple_node("Add", {a.name, b.name});
}

Value OnnxLayers::scale(const Value& input, double factor) {
  auto name = input.name + "_scaled";
  scaled_[name] = {input.name, factor};
  return {{}, std::move(name)};
}

Value OnnxLayers::upsample(const Value& input) {
  const auto name = "scales_" + std::to_string(graph_.node_size());
  auto& node = add_node(
      "Resize", {input.name, "", add_constant(name, torch::tensor({1.0F, 1.0F, 2.0F, 2.0F}))});
  set_text(node, "mode", "nearest");
  set_text(node, "coordinate_transformation_mode", "asymmetric");
  set_text(node, "nearest_mode", "floor");
  return {{}, node.output(0)};
}

Value OnnxLayers::multiply(const Value& input, const Value& gate) {
  return simple_node("Mul", {input.name, gate.name});
}

Value OnnxLayers::dropout(const Value& input, torch::nn::Dropout&) { return input; }

Value OnnxLayers::linear(const Value& input, torch::nn::Linear& layer) {
  return add_linear(input, layer->weight, layer->bias);
}

Value OnnxLayers::linear(const Value& input, torch::nn::Linear& layer,
                         torch::nn::BatchNorm1d& normalisation) {
  const auto [scale, shift] = folded(*normalisation, layer->bias);
  return add_linear(input, layer->weight * scale.view({-1, 1}), shift);
}

Value OnnxLayers::add_linear(const Value& input, const torch::Tensor& weight,
                             const torch::Tensor& bias) {
  auto& flatten = add_node("Flatten", {input.name});
  set_integer(flatten, "axis", 1);
  const auto flat = flatten.output(0);
  const auto prefix = "linear_" + std::to_string(graph_.node_size());
  auto& node = add_node("Gemm", {flat, add_constant(prefix + "_weight", weight),
                                 add_constant(prefix + "_bias", bias)});
  set_integer(node, "transB", 1);
  return {{}, node.output(0)};
}

void OnnxLayers::name_output(const Value& value, const std::string& name) {
  for (auto& node : *graph_.mutable_node()) {
    if (node.output(0) == value.name) node.set_output(0, name);
  }
}

onnx::NodeProto& OnnxLayers::add_node(const char* kind, const std::vector<std::string>& inputs) {
  auto& node = *graph_.add_node();
  node.set_op_type(kind);
  node.set_name(std::string(kind) + "_" + std::to_string(graph_.node_size()));
  for (const auto& input : inputs) node.add_input(input);
  node.add_output(node.name() + "_output");
  return node;
}

Value OnnxLayers::simple_node(const char* kind, const std::vector<std::string>& inputs) {
  return {{}, add_node(kind, inputs).output(0)};
}

std::string OnnxLayers::add_constant(const std::string& name, const torch::Tensor& tensor) {
  const auto values = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  auto& constant = *graph_.add_initializer();
  constant.set_name(name);
  constant.set_data_type(onnx::TensorProto::FLOAT);
  for (const auto size : values.sizes()) constant.add_dims(size);
  constant.set_raw_data(values.data_ptr<float>(),
                        static_cast<std::size_t>(values.numel()) * sizeof(float));
  return name;
}

Value OnnxLayers::add_convolution(const Value& input, torch::nn::Conv2d& layer,
                                  const torch::Tensor& weight, const torch::Tensor& bias) {
  const auto prefix = "convolution_" + std::to_string(graph_.node_size());
  const auto scaled = scaled_.find(input.name);
  const bool folds = scaled != scaled_.end();
  std::vector<std::string> inputs = {
      folds ? scaled->second.input : input.name,
      add_constant(prefix + "_weight", folds ? weight * scaled->second.factor : weight)};
  if (bias.defined()) inputs.push_back(add_constant(prefix + "_bias", bias));
  auto& node = add_node("Conv", inputs);
  const auto& options = layer->options;
  // LibTorch 1 has a variant of its own, LibTorch 2 that of std: the argument finds the right get.
  const auto padding = get<torch::ExpandingArray<2>>(options.padding());
  set_integers(node, "kernel_shape", {weight.size(2), weight.size(3)});
  set_integers(node, "strides", {(*options.stride())[0], (*options.stride())[1]});
  set_integers(node, "pads", {(*padding)[0], (*padding)[1], (*padding)[0], (*padding)[1]});
  set_integer(node, "group", options.groups());
  return {{}, node.output(0)};
}

}  // namespace mien::train
