#include <array>

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

constexpr int kDefaultWidth = 64;
constexpr int kExpansion = 4;

struct Depth {
  std::array<int, 4> blocks;
  bool has_bottlenecks;

  int outputs(int channels) const { return has_bottlenecks ? kExpansion * channels : channels; }
};

constexpr Depth kResnet18 = {{2, 2, 2, 2}, false};
constexpr Depth kResnet50 = {{3, 4, 6, 3}, true};

/// Two 3x3 convolutions, or a 3x3 one between two 1x1, and a way around them. Where that way has a
/// stride, a pooling of its own keeps every other pixel, the same function (see mini_xception.cpp).
class BlockImpl final : public torch::nn::Module {
 public:
  BlockImpl(int inputs, int channels, int stride, const Depth& depth) : stride_(stride) {
    const int outputs = depth.outputs(channels);
    if (depth.has_bottlenecks) {
      add(plain_convolution(inputs, channels, 1), channels);
      add(plain_convolution(channels, channels, 3, stride), channels);
      add(plain_convolution(channels, outputs, 1), outputs);
    } else {
      add(plain_convolution(inputs, channels, 3, stride), channels);
      add(plain_convolution(channels, outputs, 3), outputs);
    }
    if (inputs == outputs && stride == 1) return;
    auto downsample = register_module("downsample", std::make_shared<torch::nn::Module>());
    around_ = downsample->register_module("0", plain_convolution(inputs, outputs, 1));
    around_normalisation_ = downsample->register_module("1", BatchNorm2d(outputs));
    prepare_for_relu(around_->weight);
  }

  Value apply(Layers& layers, const Value& input) {
    auto value = layers.convolution(input, convolutions_[0], normalisations_[0]);
    for (std::size_t i = 1; i < convolutions_.size(); ++i) {
      value = layers.convolution(layers.relu(value), convolutions_[i], normalisations_[i]);
    }
    return layers.relu(layers.add(value, around(layers, input)));
  }

 private:
  void add(Conv2d convolution, int outputs) {
    const auto number = std::to_string(convolutions_.size() + 1);
    convolutions_.push_back(register_module("conv" + number, std::move(convolution)));
    normalisations_.push_back(register_module("bn" + number, BatchNorm2d(outputs)));
    prepare_for_relu(convolutions_.back()->weight);
  }

  Value around(Layers& layers, const Value& input) {
    if (!around_) return input;
    const auto kept = stride_ > 1 ? layers.max_pool(input, 1, stride_, 0) : input;
    return layers.convolution(kept, around_, around_normalisation_);
  }

  std::vector<Conv2d> convolutions_;
  std::vector<BatchNorm2d> normalisations_;
  Conv2d around_{nullptr};
  BatchNorm2d around_normalisation_{nullptr};
  int stride_;
};
TORCH_MODULE(Block);

/// torchvision's names, so that its weights can be read. The pictures are doubled to 96 pixels, as
/// its layers make a map 32 times smaller.
class Resnet final : public Architecture {
 public:
  Resnet(const Depth& depth, int width)
      : convolution_(register_module("conv1", plain_convolution(1, width, 7, 2))),
        normalisation_(register_module("bn1", BatchNorm2d(width))) {
    prepare_for_relu(convolution_->weight);
    int inputs = width;
    for (std::size_t i = 0; i < depth.blocks.size(); ++i) {
      auto layer =
          register_module("layer" + std::to_string(i + 1), std::make_shared<torch::nn::Module>());
      const int channels = width << i;
      for (int j = 0; j < depth.blocks[i]; ++j) {
        const int stride = i > 0 && j == 0 ? 2 : 1;
        blocks_.push_back(
            layer->register_module(std::to_string(j), Block(inputs, channels, stride, depth)));
        inputs = depth.outputs(channels);
      }
    }
    feature_count_ = inputs;
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.convolution(layers.upsample(pictures), convolution_, normalisation_);
    value = layers.max_pool(layers.relu(value), 3, 2, 1);
    for (auto& block : blocks_) value = block->apply(layers, value);
    return layers.global_average_pool(value);
  }

  int feature_count() const override { return feature_count_; }

 private:
  Conv2d convolution_;
  BatchNorm2d normalisation_;
  std::vector<Block> blocks_;
  int feature_count_ = 0;
};

}  // namespace

std::shared_ptr<Architecture> make_resnet18(const ArchitectureOptions& options) {
  return std::make_shared<Resnet>(kResnet18, options.width > 0 ? options.width : kDefaultWidth);
}

std::shared_ptr<Architecture> make_resnet50(const ArchitectureOptions& options) {
  return std::make_shared<Resnet>(kResnet50, options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
