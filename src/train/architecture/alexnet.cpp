#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Dropout;
using torch::nn::Linear;

constexpr int kDefaultWidth = 64;
constexpr int kDense = 4096;
constexpr int kPlaces = 2 * 2;  // what the convolutions leave of 96 pixels

/// torchvision's names, so that its weights can be read. The pictures are doubled to 96 pixels, as
/// its layers need more than 48. Its pooling to 6 x 6 places repeats each of the 2 x 2 that are
/// left; the dense layer sees each once.
class AlexNet final : public Architecture {
 public:
  explicit AlexNet(int width) : feature_count_(scaled_channels(kDense, width, kDefaultWidth)) {
    const auto channels = [width](int usual) {
      return scaled_channels(usual, width, kDefaultWidth);
    };
    auto features = register_module("features", std::make_shared<torch::nn::Module>());
    const auto convolution = [&features](const char* name, const Conv2dOptions& options) {
      return features->register_module(name, Conv2d(options));
    };
    convolution_1_ = convolution("0", Conv2dOptions(1, width, 11).stride(4).padding(2));
    convolution_2_ = convolution("3", Conv2dOptions(width, channels(192), 5).padding(2));
    convolution_3_ = convolution("6", Conv2dOptions(channels(192), channels(384), 3).padding(1));
    convolution_4_ = convolution("8", Conv2dOptions(channels(384), channels(256), 3).padding(1));
    convolution_5_ = convolution("10", Conv2dOptions(channels(256), channels(256), 3).padding(1));
    auto classifier = register_module("classifier", std::make_shared<torch::nn::Module>());
    dropout_1_ = classifier->register_module("0", Dropout(0.5));
    dense_1_ = classifier->register_module("1", Linear(channels(256) * kPlaces, feature_count_));
    dropout_2_ = classifier->register_module("3", Dropout(0.5));
    dense_2_ = classifier->register_module("4", Linear(feature_count_, feature_count_));
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(layers.upsample(pictures), convolution_1_));
    value = layers.max_pool(value, 3, 2, 0);
    value = layers.relu(layers.convolution(value, convolution_2_));
    value = layers.max_pool(value, 3, 2, 0);
    value = layers.relu(layers.convolution(value, convolution_3_));
    value = layers.relu(layers.convolution(value, convolution_4_));
    value = layers.relu(layers.convolution(value, convolution_5_));
    value = layers.dropout(layers.max_pool(value, 3, 2, 0), dropout_1_);
    value = layers.dropout(layers.relu(layers.linear(value, dense_1_)), dropout_2_);
    return layers.relu(layers.linear(value, dense_2_));
  }

  int feature_count() const override { return feature_count_; }

 private:
  Conv2d convolution_1_{nullptr};
  Conv2d convolution_2_{nullptr};
  Conv2d convolution_3_{nullptr};
  Conv2d convolution_4_{nullptr};
  Conv2d convolution_5_{nullptr};
  Dropout dropout_1_{nullptr};
  Linear dense_1_{nullptr};
  Dropout dropout_2_{nullptr};
  Linear dense_2_{nullptr};
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_alexnet(const ArchitectureOptions& options) {
  return std::make_shared<AlexNet>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
