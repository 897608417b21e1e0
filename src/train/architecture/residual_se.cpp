#include "train/architecture/architecture.h"
#include "train/architecture/residual_block.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

constexpr int kDefaultWidth = 32;
constexpr int kDefaultDepth = 2;
constexpr int kStages = 3;

class ResidualSe final : public Architecture {
 public:
  ResidualSe(int width, int depth)
      : stem_1_(register_module("stem_1", plain_convolution(1, width, 3))),
        stem_normalisation_1_(register_module("stem_normalisation_1", BatchNorm2d(width))),
        stem_2_(register_module("stem_2", plain_convolution(width, width, 3))),
        stem_normalisation_2_(register_module("stem_normalisation_2", BatchNorm2d(width))),
        feature_count_(width << kStages) {
    for (int stage = 0; stage < kStages; ++stage) {
      auto& blocks = stages_.emplace_back();
      for (int i = 0; i < depth; ++i) {
        const int inputs = i == 0 ? width << stage : width << (stage + 1);
        blocks.push_back(
            register_module("block_" + std::to_string(stage + 1) + "_" + std::to_string(i + 1),
                            ResidualBlock(inputs, width << (stage + 1))));
      }
    }
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(pictures, stem_1_, stem_normalisation_1_));
    value = layers.relu(layers.convolution(value, stem_2_, stem_normalisation_2_));
    for (auto& blocks : stages_) {
      value = layers.max_pool(value, 2, 2, 0);
      for (auto& block : blocks) value = block->apply(layers, value);
    }
    return layers.global_average_pool(value);
  }

  int feature_count() const override { return feature_count_; }

 private:
  Conv2d stem_1_;
  BatchNorm2d stem_normalisation_1_;
  Conv2d stem_2_;
  BatchNorm2d stem_normalisation_2_;
  std::vector<std::vector<ResidualBlock>> stages_;
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_residual_se(const ArchitectureOptions& options) {
  return std::make_shared<ResidualSe>(options.width > 0 ? options.width : kDefaultWidth,
                                      options.depth > 0 ? options.depth : kDefaultDepth);
}

}  // namespace mien::train
