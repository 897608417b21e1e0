#pragma once

#include <torch/torch.h>

#include "train/architecture/layers.h"

namespace mien::train {

/// Squeeze-and-excitation (Hu et al., 2017): each channel is weighted by what the whole picture
/// shows.
class ChannelGateImpl final : public torch::nn::Module {
 public:
  /// `squeezed` channels sum the picture up.
  ChannelGateImpl(int channels, int squeezed);

  Value apply(Layers& layers, const Value& input);

 private:
  torch::nn::Conv2d squeeze_;
  torch::nn::Conv2d excite_;
};
TORCH_MODULE(ChannelGate);

/// Two 3x3 convolutions, gated, and a way around them (He et al., 2015).
class ResidualBlockImpl final : public torch::nn::Module {
 public:
  ResidualBlockImpl(int inputs, int outputs);

  Value apply(Layers& layers, const Value& input);

 private:
  torch::nn::Conv2d first_;
  torch::nn::BatchNorm2d first_normalisation_;
  torch::nn::Conv2d second_;
  torch::nn::BatchNorm2d second_normalisation_;
  ChannelGate gate_;
  torch::nn::Conv2d around_{nullptr};
  torch::nn::BatchNorm2d around_normalisation_{nullptr};
};
TORCH_MODULE(ResidualBlock);

}  // namespace mien::train
