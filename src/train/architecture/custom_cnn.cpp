#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Dropout;
using torch::nn::Linear;

constexpr int kDefaultWidth = 32;
constexpr int kDense = 1024;
constexpr int kPlaces = 6 * 6;  // 48 pixels, halved three times

Conv2d convolution(int inputs, int outputs) {
  return Conv2d(Conv2dOptions(inputs, outputs, 3).padding(1));
}

class CustomCnn final : public Architecture {
 public:
  explicit CustomCnn(int width)
      : convolution_1_(register_module("convolution_1", convolution(1, width))),
        convolution_2_(register_module("convolution_2", convolution(width, 2 * width))),
        convolution_3_(register_module("convolution_3", convolution(2 * width, 4 * width))),
        convolution_4_(register_module("convolution_4", convolution(4 * width, 4 * width))),
        maps_dropout_(register_module("maps_dropout", Dropout(0.25))),
        feature_count_(scaled_channels(kDense, width, kDefaultWidth)),
        dense_(register_module("dense", Linear(4 * width * kPlaces, feature_count_))),
        dense_dropout_(register_module("dense_dropout", Dropout(0.5))) {}

  Value features(Layers& layers, const Value& pictures) override {
    auto value = layers.relu(layers.convolution(pictures, convolution_1_));
    value = halved(layers, value, convolution_2_);
    value = layers.dropout(value, maps_dropout_);
    value = halved(layers, value, convolution_3_);
    value = halved(layers, value, convolution_4_);
    value = layers.dropout(value, maps_dropout_);
    return layers.dropout(layers.relu(layers.linear(value, dense_)), dense_dropout_);
  }

  int feature_count() const override { return feature_count_; }

 private:
  static Value halved(Layers& layers, const Value& input, Conv2d& convolution) {
    return layers.max_pool(layers.relu(layers.convolution(input, convolution)), 2, 2, 0);
  }

  Conv2d convolution_1_;
  Conv2d convolution_2_;
  Conv2d convolution_3_;
  Conv2d convolution_4_;
  Dropout maps_dropout_;
  int feature_count_;
  Linear dense_;
  Dropout dense_dropout_;
};

}  // namespace

std::shared_ptr<Architecture> make_custom_cnn(const ArchitectureOptions& options) {
  return std::make_shared<CustomCnn>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
