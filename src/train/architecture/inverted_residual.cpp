#include <array>

#include "train/architecture/architecture.h"
#include "train/architecture/residual_block.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

constexpr int kDefaultWidth = 24;
constexpr int kDefaultDepth = 2;

struct Shape {
  int inputs;
  int expanded;
  int outputs;
  int kernel;
  int stride;
};

/// Widens by a pointwise convolution, looks around in each channel, weighs the channels, narrows; a
/// way around all where the shape stays.
class InvertedBlockImpl final : public torch::nn::Module {
 public:
  explicit InvertedBlockImpl(const Shape& shape)
      : widen_(register_module("widen", plain_convolution(shape.inputs, shape.expanded, 1))),
        widen_normalisation_(register_module("widen_normalisation", BatchNorm2d(shape.expanded))),
        depth_(
            register_module("depth", plain_convolution(shape.expanded, shape.expanded, shape.kernel,
                                                       shape.stride, shape.expanded))),
        depth_normalisation_(register_module("depth_normalisation", BatchNorm2d(shape.expanded))),
        gate_(register_module("gate", ChannelGate(shape.expanded, shape.inputs / 2))),
        narrow_(register_module("narrow", plain_convolution(shape.expanded, shape.outputs, 1))),
        narrow_normalisation_(register_module("narrow_normalisation", BatchNorm2d(shape.outputs))),
        around_(shape.stride == 1 && shape.inputs == shape.outputs) {}

  Value apply(Layers& layers, const Value& input) {
    auto value = layers.relu(layers.convolution(input, widen_, widen_normalisation_));
    value = layers.relu(layers.convolution(value, depth_, depth_normalisation_));
    value = layers.convolution(gate_->apply(layers, value), narrow_, narrow_normalisation_);
    return around_ ? layers.add(value, input) : value;
  }

 private:
  Conv2d widen_;
  BatchNorm2d widen_normalisation_;
  Conv2d depth_;
  BatchNorm2d depth_normalisation_;
  ChannelGate gate_;
  Conv2d narrow_;
  BatchNorm2d narrow_normalisation_;
  bool around_;
};
TORCH_MODULE(InvertedBlock);

class InvertedResidual final : public Architecture {
 public:
  InvertedResidual(int width, int depth)
      : stem_(register_module("stem", plain_convolution(1, width, 3, 2))),
        stem_normalisation_(register_module("stem_normalisation", BatchNorm2d(width))),
        feature_count_(4 * width) {
    const int middle = 2 * width;
    add({width, 3 * width, width, 3, 1});
    add({width, 4 * width, middle, 3, 2});
    for (int i = 0; i < depth; ++i) add({middle, 3 * middle, middle, 5, 1});
    add({middle, 4 * middle, feature_count_, 5, 2});
    for (int i = 0; i < depth; ++i) add({feature_count_, 3 * feature_count_, feature_count_, 5, 1});
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(pictures, stem_, stem_normalisation_));
    for (auto& block : blocks_) value = block->apply(layers, value);
    return layers.global_average_pool(value);
  }

  int feature_count() const override { return feature_count_; }

 private:
  void add(const Shape& shape) {
    blocks_.push_back(
        register_module("block_" + std::to_string(blocks_.size() + 1), InvertedBlock(shape)));
  }

  Conv2d stem_;
  BatchNorm2d stem_normalisation_;
  std::vector<InvertedBlock> blocks_;
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_inverted_residual(const ArchitectureOptions& options) {
  return std::make_shared<InvertedResidual>(options.width > 0 ? options.width : kDefaultWidth,
                                            options.depth > 0 ? options.depth : kDefaultDepth);
}

}  // namespace mien::train
