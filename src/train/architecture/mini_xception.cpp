#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

constexpr int kDefaultWidth = 8;
constexpr int kBlocks = 4;

/// Two depthwise-separable convolutions, halved by pooling, and a strided 1x1 way around them.
/// The stride is a pooling of its own that keeps every other pixel: oneDNN 2.6 overwrites memory in
/// the gradient of a strided 1x1 convolution of 8 channels with its AVX-512 code.
class SeparableBlockImpl final : public torch::nn::Module {
 public:
  SeparableBlockImpl(int inputs, int outputs)
      : depth_1_(register_module("depth_1", plain_convolution(inputs, inputs, 3, 1, inputs))),
        point_1_(register_module("point_1", plain_convolution(inputs, outputs, 1))),
        normalisation_1_(register_module("normalisation_1", BatchNorm2d(outputs))),
        depth_2_(register_module("depth_2", plain_convolution(outputs, outputs, 3, 1, outputs))),
        point_2_(register_module("point_2", plain_convolution(outputs, outputs, 1))),
        normalisation_2_(register_module("normalisation_2", BatchNorm2d(outputs))),
        around_(register_module("around", plain_convolution(inputs, outputs, 1))),
        around_normalisation_(register_module("around_normalisation", BatchNorm2d(outputs))) {}

  Value apply(Layers& layers, const Value& input) {
    auto value =
        layers.convolution(layers.convolution(input, depth_1_), point_1_, normalisation_1_);
    value = layers.convolution(layers.relu(value), depth_2_);
    value = layers.convolution(value, point_2_, normalisation_2_);
    value = layers.max_pool(value, 3, 2, 1);
    const auto every_other = layers.max_pool(input, 1, 2, 0);
    return layers.add(value, layers.convolution(every_other, around_, around_normalisation_));
  }

 private:
  Conv2d depth_1_;
  Conv2d point_1_;
  BatchNorm2d normalisation_1_;
  Conv2d depth_2_;
  Conv2d point_2_;
  BatchNorm2d normalisation_2_;
  Conv2d around_;
  BatchNorm2d around_normalisation_;
};
TORCH_MODULE(SeparableBlock);

class MiniXception final : public Architecture {
 public:
  explicit MiniXception(int width)
      : stem_1_(register_module("stem_1", plain_convolution(1, width, 3))),
        stem_normalisation_1_(register_module("stem_normalisation_1", BatchNorm2d(width))),
        stem_2_(register_module("stem_2", plain_convolution(width, width, 3))),
        stem_normalisation_2_(register_module("stem_normalisation_2", BatchNorm2d(width))),
        feature_count_(width << kBlocks) {
    for (int i = 0; i < kBlocks; ++i) {
      blocks_.push_back(register_module("block_" + std::to_string(i + 1),
                                        SeparableBlock(width << i, width << (i + 1))));
    }
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(pictures, stem_1_, stem_normalisation_1_));
    value = layers.relu(layers.convolution(value, stem_2_, stem_normalisation_2_));
    for (auto& block : blocks_) value = block->apply(layers, value);
    return layers.global_average_pool(value);
  }

  int feature_count() const override { return feature_count_; }

 private:
  Conv2d stem_1_;
  BatchNorm2d stem_normalisation_1_;
  Conv2d stem_2_;
  BatchNorm2d stem_normalisation_2_;
  std::vector<SeparableBlock> blocks_;
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_mini_xception(const ArchitectureOptions& options) {
  return std::make_shared<MiniXception>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
