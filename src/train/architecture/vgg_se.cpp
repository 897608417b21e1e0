#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

constexpr int kDefaultWidth = 32;
constexpr int kReduction = 8;

/// Squeeze-and-excitation: each channel is weighted by what the whole picture shows.
class ChannelGateImpl final : public torch::nn::Module {
 public:
  explicit ChannelGateImpl(int channels)
      : squeeze_(
            register_module("squeeze", Conv2d(Conv2dOptions(channels, channels / kReduction, 1)))),
        excite_(
            register_module("excite", Conv2d(Conv2dOptions(channels / kReduction, channels, 1)))) {}

  Value apply(Layers& layers, const Value& input) {
    const auto summary = layers.global_average_pool(input);
    const auto squeezed = layers.relu(layers.convolution(summary, squeeze_));
    return layers.multiply(input, layers.sigmoid(layers.convolution(squeezed, excite_)));
  }

 private:
  Conv2d squeeze_;
  Conv2d excite_;
};
TORCH_MODULE(ChannelGate);

/// Two 3x3 convolutions, gated, and a way around them.
class ResidualBlockImpl final : public torch::nn::Module {
 public:
  ResidualBlockImpl(int inputs, int outputs)
      : first_(register_module("first", plain_convolution(inputs, outputs, 3))),
        first_normalisation_(register_module("first_normalisation", BatchNorm2d(outputs))),
        second_(register_module("second", plain_convolution(outputs, outputs, 3))),
        second_normalisation_(register_module("second_normalisation", BatchNorm2d(outputs))),
        gate_(register_module("gate", ChannelGate(outputs))) {
    if (inputs == outputs) return;
    around_ = register_module("around", plain_convolution(inputs, outputs, 1));
    around_normalisation_ = register_module("around_normalisation", BatchNorm2d(outputs));
  }

  Value apply(Layers& layers, const Value& input) {
    const auto hidden = layers.relu(layers.convolution(input, first_, first_normalisation_));
    const auto gated =
        gate_->apply(layers, layers.convolution(hidden, second_, second_normalisation_));
    const auto around = around_ ? layers.convolution(input, around_, around_normalisation_) : input;
    return layers.relu(layers.add(gated, around));
  }

 private:
  Conv2d first_;
  BatchNorm2d first_normalisation_;
  Conv2d second_;
  BatchNorm2d second_normalisation_;
  ChannelGate gate_;
  Conv2d around_{nullptr};
  BatchNorm2d around_normalisation_{nullptr};
};
TORCH_MODULE(ResidualBlock);

class VggSe final : public Architecture {
 public:
  explicit VggSe(int width)
      : stem_(register_module("stem", plain_convolution(1, width, 3))),
        stem_normalisation_(register_module("stem_normalisation", BatchNorm2d(width))),
        half_(register_module("half", ResidualBlock(width, 2 * width))),
        quarter_(register_module("quarter", ResidualBlock(2 * width, 4 * width))),
        eighth_(register_module("eighth", ResidualBlock(4 * width, 8 * width))),
        eighth_again_(register_module("eighth_again", ResidualBlock(8 * width, 8 * width))),
        feature_count_(8 * width) {}

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(pictures, stem_, stem_normalisation_));
    value = half_->apply(layers, layers.max_pool(value, 2, 2, 0));
    value = quarter_->apply(layers, layers.max_pool(value, 2, 2, 0));
    value = eighth_->apply(layers, layers.max_pool(value, 2, 2, 0));
    value = eighth_again_->apply(layers, value);
    return layers.global_average_pool(value);
  }

  int feature_count() const override { return feature_count_; }

 private:
  Conv2d stem_;
  BatchNorm2d stem_normalisation_;
  ResidualBlock half_;
  ResidualBlock quarter_;
  ResidualBlock eighth_;
  ResidualBlock eighth_again_;
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_vgg_se(int width) {
  return std::make_shared<VggSe>(width > 0 ? width : kDefaultWidth);
}

}  // namespace mien::train
