#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "train/architecture/layers.h"

namespace mien::train {

/// Writes the layers of a network in evaluation mode as the nodes of an ONNX graph (opset 13),
/// batch normalisation folded into the convolution or dense layer before it.
class OnnxLayers final : public Layers {
 public:
  explicit OnnxLayers(onnx::GraphProto& graph) : graph_(graph) {}

  Value convolution(const Value& input, torch::nn::Conv2d& layer) override;
  Value convolution(const Value& input, torch::nn::Conv2d& layer,
                    torch::nn::BatchNorm2d& normalisation) override;
  Value relu(const Value& input) override;
  Value sigmoid(const Value& input) override;
  Value max_pool(const Value& input, int kernel, int stride, int padding) override;
  Value global_average_pool(const Value& input) override;
  Value add(const Value& a, const Value& b) override;
  Value scale(const Value& input, double factor) override;
  Value upsample(const Value& input) override;
  Value multiply(const Value& input, const Value& gate) override;
  Value dropout(const Value& input, torch::nn::Dropout& layer) override;
  Value linear(const Value& input, torch::nn::Linear& layer) override;
  Value linear(const Value& input, torch::nn::Linear& layer,
               torch::nn::BatchNorm1d& normalisation) override;

  /// Gives the value of the graph that no node reads a name of its own.
  void name_output(const Value& value, const std::string& name);

 private:
  onnx::NodeProto& add_node(const char* kind, const std::vector<std::string>& inputs);
  Value simple_node(const char* kind, const std::vector<std::string>& inputs);
  std::string add_constant(const std::string& name, const torch::Tensor& tensor);
  Value add_convolution(const Value& input, torch::nn::Conv2d& layer, const torch::Tensor& weight,
                        const torch::Tensor& bias);
  Value add_linear(const Value& input, const torch::Tensor& weight, const torch::Tensor& bias);

  struct Scaled {
    std::string input;
    double factor;
  };

  onnx::GraphProto& graph_;
  std::map<std::string, Scaled> scaled_;  // not yet written: the next convolution's weights take it
};

}  // namespace mien::train
