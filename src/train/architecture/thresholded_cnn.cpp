#include <array>

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Dropout;
using torch::nn::Linear;

constexpr int kDefaultWidth = 32;
constexpr std::array kChannels = {32, 64, 128};
constexpr int kDense = 512;
constexpr int kPlaces = 6 * 6;  // 48 pixels, halved three times

class ThresholdedCnn final : public Architecture {
 public:
  explicit ThresholdedCnn(int width)
      : feature_count_(scaled_channels(kDense, width, kDefaultWidth)) {
    int inputs = 1;
    for (const int usual : kChannels) {
      const int outputs = scaled_channels(usual, width, kDefaultWidth);
      convolutions_.push_back(
          register_module("convolution_" + std::to_string(convolutions_.size() + 1),
                          Conv2d(Conv2dOptions(inputs, outputs, 3).padding(1))));
      inputs = outputs;
    }
    dense_ = register_module("dense", Linear(inputs * kPlaces, feature_count_));
    dropout_ = register_module("dropout", Dropout(0.5));
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = pictures;
    for (auto& convolution : convolutions_) {
      value = layers.max_pool(layers.relu(layers.convolution(value, convolution)), 2, 2, 0);
    }
    return layers.dropout(layers.relu(layers.linear(value, dense_)), dropout_);
  }

  int feature_count() const override { return feature_count_; }

 private:
  std::vector<Conv2d> convolutions_;
  Linear dense_{nullptr};
  Dropout dropout_{nullptr};
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_thresholded_cnn(const ArchitectureOptions& options) {
  return std::make_shared<ThresholdedCnn>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
