#include "train/architecture/counting_layers.h"

namespace mien::train {

Value CountingLayers::convolution(const Value& input, torch::nn::Conv2d& layer) {
  return counted(running_.convolution(input, layer), layer->weight);
}

Value CountingLayers::convolution(const Value& input, torch::nn::Conv2d& layer,
                                  torch::nn::BatchNorm2d& normalisation) {
  return counted(running_.convolution(input, layer, normalisation), layer->weight);
}

Value CountingLayers::max_pool(const Value& input, int kernel, int stride, int padding) {
  return running_.max_pool(input, kernel, stride, padding);
}

Value CountingLayers::global_average_pool(const Value& input) {
  return running_.global_average_pool(input);
}

Value CountingLayers::multiply(const Value& input, const Value& gate) {
  return running_.multiply(input, gate);
}

Value CountingLayers::dropout(const Value& input, torch::nn::Dropout& layer) {
  return running_.dropout(input, layer);
}

Value CountingLayers::linear(const Value& input, torch::nn::Linear& layer) {
  return counted(running_.linear(input, layer), layer->weight);
}

Value CountingLayers::linear(const Value& input, torch::nn::Linear& layer,
                             torch::nn::BatchNorm1d& normalisation) {
  return counted(running_.linear(input, layer, normalisation), layer->weight);
}

Value CountingLayers::counted(Value output, const torch::Tensor& weight) {
  multiply_adds_ += output.tensor.numel() * (weight.numel() / weight.size(0));
  return output;
}

std::int64_t count_multiply_adds(torch::nn::Module& network, int channels, int height, int width,
                                 const std::function<void(Layers&, const Value&)>& use) {
  const torch::NoGradGuard no_gradient;
  const bool was_training = network.is_training();
  network.eval();  // or the normalisations would learn from the picture
  const auto device = network.parameters().front().device();
  CountingLayers layers;
  use(layers, {torch::zeros({1, channels, height, width}, device), {}});
  network.train(was_training);
  return layers.multiply_adds();
}

}  // namespace mien::train
