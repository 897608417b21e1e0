#pragma once

#include <cstdint>
#include <functional>

#include "train/architecture/layers.h"

namespace mien::train {

/// Runs the layers and counts the multiplications, each with its addition, of their convolutions
/// and dense layers.
class CountingLayers final : public Layers {
 public:
  Value convolution(const Value& input, torch::nn::Conv2d& layer) override;
  Value convolution(const Value& input, torch::nn::Conv2d& layer,
                    torch::nn::BatchNorm2d& normalisation) override;
  Value relu(const Value& input) override { return running_.relu(input); }
  Value sigmoid(const Value& input) override { return running_.sigmoid(input); }
  Value max_pool(const Value& input, int kernel, int stride, int padding) override;
  Value global_average_pool(const Value& input) override;
  Value add(const Value& a, const Value& b) override { return running_.add(a, b); }
  Value scale(const Value& input, double factor) override { return running_.scale(input, factor); }
  Value upsample(const Value& input) override { return running_.upsample(input); }
  Value multiply(const Value& input, const Value& gate) override;
  Value dropout(const Value& input, torch::nn::Dropout& layer) override;
  Value linear(const Value& input, torch::nn::Linear& layer) override;
  Value linear(const Value& input, torch::nn::Linear& layer,
               torch::nn::BatchNorm1d& normalisation) override;

  std::int64_t multiply_adds() const { return multiply_adds_; }

 private:
  /// Each value of the output comes from one row of the weights.
  Value counted(Value output, const torch::Tensor& weight);

  RunningLayers running_;
  std::int64_t multiply_adds_ = 0;
};

/// What `use` of the network costs for one picture of `channels` x `height` x `width`.
std::int64_t count_multiply_adds(torch::nn::Module& network, int channels, int height, int width,
                                 const std::function<void(Layers&, const Value&)>& use);

}  // namespace mien::train
