#include "train/architecture/residual_block.h"

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

constexpr int kReduction = 8;

}  // namespace

ChannelGateImpl::ChannelGateImpl(int channels, int squeezed)
    : squeeze_(register_module("squeeze", Conv2d(Conv2dOptions(channels, squeezed, 1)))),
      excite_(register_module("excite", Conv2d(Conv2dOptions(squeezed, channels, 1)))) {}

Value ChannelGateImpl::apply(Layers& layers, const Value& input) {
  const auto summary = layers.global_average_pool(input);
  const auto squeezed = layers.relu(layers.convolution(summary, squeeze_));
  return layers.multiply(input, layers.sigmoid(layers.convolution(squeezed, excite_)));
}

ResidualBlockImpl::ResidualBlockImpl(int inputs, int outputs)
    : first_(register_module("first", plain_convolution(inputs, outputs, 3))),
      first_normalisation_(register_module("first_normalisation", BatchNorm2d(outputs))),
      second_(register_module("second", plain_convolution(outputs, outputs, 3))),
      second_normalisation_(register_module("second_normalisation", BatchNorm2d(outputs))),
      gate_(register_module("gate", ChannelGate(outputs, outputs / kReduction))) {
  if (inputs == outputs) return;
  around_ = register_module("around", plain_convolution(inputs, outputs, 1));
  around_normalisation_ = register_module("around_normalisation", BatchNorm2d(outputs));
}

Value ResidualBlockImpl::apply(Layers& layers, const Value& input) {
  const auto hidden = layers.relu(layers.convolution(input, first_, first_normalisation_));
  const auto gated =
      gate_->apply(layers, layers.convolution(hidden, second_, second_normalisation_));
  const auto around = around_ ? layers.convolution(input, around_, around_normalisation_) : input;
  return layers.relu(layers.add(gated, around));
}

}  // namespace mien::train
