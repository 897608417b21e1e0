#pragma once

#include <torch/torch.h>

#include <string>

namespace mien::train {

/// A place in a network: a tensor while the network runs, a name while it is written down.
struct Value {
  torch::Tensor tensor;
  std::string name;
};

/// What an architecture may do with a value. One implementation runs the layers, another writes
/// them as ONNX, so that an architecture is described once and the two cannot drift.
class Layers {
 public:
  virtual ~Layers() = default;

  virtual Value convolution(const Value& input, torch::nn::Conv2d& layer) = 0;
  /// A convolution and the batch normalisation after it, which an exporter folds into one.
  virtual Value convolution(const Value& input, torch::nn::Conv2d& layer,
                            torch::nn::BatchNorm2d& normalisation) = 0;
  virtual Value relu(const Value& input) = 0;
  virtual Value sigmoid(const Value& input) = 0;
  virtual Value max_pool(const Value& input, int kernel, int stride, int padding) = 0;
  /// N x C x H x W to N x C x 1 x 1.
  virtual Value global_average_pool(const Value& input) = 0;
  virtual Value add(const Value& a, const Value& b) = 0;
  /// Goes before a convolution; an exporter folds it into that one's weights.
  virtual Value scale(const Value& input, double factor) = 0;
  /// Twice the height and width, each value four times.
  virtual Value upsample(const Value& input) = 0;
  /// `gate` is N x C x 1 x 1.
  virtual Value multiply(const Value& input, const Value& gate) = 0;
  virtual Value dropout(const Value& input, torch::nn::Dropout& layer) = 0;
  /// N x inputs, or what gives that when flattened, to N x outputs.
  virtual Value linear(const Value& input, torch::nn::Linear& layer) = 0;
  /// The same with a batch normalisation after it, which an exporter folds into one.
  virtual Value linear(const Value& input, torch::nn::Linear& layer,
                       torch::nn::BatchNorm1d& normalisation) = 0;
};

/// Runs the layers.
class RunningLayers final : public Layers {
 public:
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
};

}  // namespace mien::train
