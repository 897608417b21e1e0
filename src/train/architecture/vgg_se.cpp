#include "train/architecture/architecture.h"
#include "train/architecture/residual_block.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

constexpr int kDefaultWidth = 32;

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

std::shared_ptr<Architecture> make_vgg_se(const ArchitectureOptions& options) {
  return std::make_shared<VggSe>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
