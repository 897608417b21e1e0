#include "core/face_grid.h"
#include "train/architecture/architecture.h"
#include "train/architecture/face_architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

constexpr int kDefaultWidth = 16;
/// Pictures are scaled so that the first layer's inputs are about one.
constexpr double kInputScale = 1.0 / 64;

/// A depthwise and a pointwise convolution, with a way around them where the shape stays.
class SeparableImpl final : public torch::nn::Module {
 public:
  SeparableImpl(int inputs, int outputs, int kernel, int stride, bool around)
      : depthwise_(register_module("depthwise",
                                   plain_convolution(inputs, inputs, kernel, stride, inputs))),
        pointwise_(register_module("pointwise", plain_convolution(inputs, outputs, 1))),
        normalisation_(register_module("normalisation", BatchNorm2d(outputs))),
        around_(around) {}

  Value apply(Layers& layers, const Value& input) {
    const auto hidden = layers.convolution(input, depthwise_);
    const auto value = layers.convolution(hidden, pointwise_, normalisation_);
    return layers.relu(around_ ? layers.add(value, input) : value);
  }

 private:
  Conv2d depthwise_;
  Conv2d pointwise_;
  BatchNorm2d normalisation_;
  bool around_;
};
TORCH_MODULE(Separable);

/// Halves the size, then refines.
class StageImpl final : public torch::nn::Module {
 public:
  StageImpl(int inputs, int outputs, int kernel, int blocks)
      : down_(register_module("down", Separable(inputs, outputs, kernel, 2, false))) {
    for (int i = 0; i < blocks; ++i) {
      blocks_.push_back(register_module("block" + std::to_string(i),
                                        Separable(outputs, outputs, kernel, 1, true)));
    }
  }

  Value apply(Layers& layers, const Value& input) {
    auto value = down_->apply(layers, input);
    for (auto& block : blocks_) value = block->apply(layers, value);
    return value;
  }

 private:
  Separable down_;
  std::vector<Separable> blocks_;
};
TORCH_MODULE(Stage);

/// A pointwise convolution to the pyramid's width.
class LateralImpl final : public torch::nn::Module {
 public:
  LateralImpl(int inputs, int outputs)
      : convolution_(register_module("convolution", plain_convolution(inputs, outputs, 1))),
        normalisation_(register_module("normalisation", BatchNorm2d(outputs))) {}

  Value apply(Layers& layers, const Value& input) {
    return layers.relu(layers.convolution(input, convolution_, normalisation_));
  }

 private:
  Conv2d convolution_;
  BatchNorm2d normalisation_;
};
TORCH_MODULE(Lateral);

/// One stride's features to its grid.
class HeadImpl final : public torch::nn::Module {
 public:
  explicit HeadImpl(int width)
      : features_(register_module("features", Separable(width, width, 3, 1, false))),
        grid_(register_module("grid", Conv2d(Conv2dOptions(width, FaceGrid::kPlanes, 1)))) {
    // At first nearly every cell says that there is no face, as is true, and guesses one of two or
    // three strides; else the many cells without one would drown what is to be learnt.
    const torch::NoGradGuard no_gradient;
    grid_->weight.mul_(0.1);
    grid_->bias.zero_();
    grid_->bias[0] = -4.6;
    grid_->bias[3] = 0.9;
    grid_->bias[4] = 1.1;
  }

  Value apply(Layers& layers, const Value& input) {
    return layers.convolution(features_->apply(layers, input), grid_);
  }

 private:
  Separable features_;
  Conv2d grid_;
};
TORCH_MODULE(Head);

class SeparablePyramid final : public FaceArchitecture {
 public:
  explicit SeparablePyramid(int width)
      : stem_(register_module("stem", plain_convolution(3, width, 3, 2))),
        stem_normalisation_(register_module("stem_normalisation", BatchNorm2d(width))),
        quarter_(register_module("quarter", Stage(width, 2 * width, 3, 0))),
        eighth_(register_module("eighth", Stage(2 * width, 4 * width, 3, 2))),
        sixteenth_(register_module("sixteenth", Stage(4 * width, 6 * width, 5, 3))),
        thirtysecond_(register_module("thirtysecond", Stage(6 * width, 8 * width, 5, 2))),
        lateral8_(register_module("lateral8", Lateral(4 * width, 4 * width))),
        lateral16_(register_module("lateral16", Lateral(6 * width, 4 * width))),
        lateral32_(register_module("lateral32", Lateral(8 * width, 4 * width))),
        merged8_(register_module("merged8", Separable(4 * width, 4 * width, 3, 1, false))),
        merged16_(register_module("merged16", Separable(4 * width, 4 * width, 3, 1, false))),
        head8_(register_module("head8", Head(4 * width))),
        head16_(register_module("head16", Head(4 * width))),
        head32_(register_module("head32", Head(4 * width))) {}

  std::vector<Value> grids(Layers& layers, const Value& pictures) override {
    const auto scaled = layers.scale(pictures, kInputScale);
    const auto half = layers.relu(layers.convolution(scaled, stem_, stem_normalisation_));
    const auto eighth = eighth_->apply(layers, quarter_->apply(layers, half));
    const auto sixteenth = sixteenth_->apply(layers, eighth);
    const auto thirtysecond = thirtysecond_->apply(layers, sixteenth);
    const auto p32 = lateral32_->apply(layers, thirtysecond);
    const auto p16 = merged16_->apply(
        layers, layers.add(lateral16_->apply(layers, sixteenth), layers.upsample(p32)));
    const auto p8 =
        merged8_->apply(layers, layers.add(lateral8_->apply(layers, eighth), layers.upsample(p16)));
    return {head8_->apply(layers, p8), head16_->apply(layers, p16), head32_->apply(layers, p32)};
  }

  std::vector<int> strides() const override { return {8, 16, 32}; }

 private:
  Conv2d stem_;
  BatchNorm2d stem_normalisation_;
  Stage quarter_;
  Stage eighth_;
  Stage sixteenth_;
  Stage thirtysecond_;
  Lateral lateral8_;
  Lateral lateral16_;
  Lateral lateral32_;
  Separable merged8_;
  Separable merged16_;
  Head head8_;
  Head head16_;
  Head head32_;
};

}  // namespace

std::shared_ptr<FaceArchitecture> make_separable_pyramid(int width) {
  return std::make_shared<SeparablePyramid>(width > 0 ? width : kDefaultWidth);
}

}  // namespace mien::train
