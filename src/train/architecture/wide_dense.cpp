#include <array>

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Dropout;
using torch::nn::Linear;

constexpr int kDefaultWidth = 64;
constexpr std::array kChannels = {64, 128, 128, 528};
constexpr int kDense = 4096;
constexpr int kPlaces = 3 * 3;  // 48 pixels, halved four times

class WideDense final : public Architecture {
 public:
  explicit WideDense(int width) : feature_count_(scaled_channels(kDense, width, kDefaultWidth)) {
    int inputs = 1;
    for (const int usual : kChannels) {
      const auto number = std::to_string(convolutions_.size() + 1);
      const int outputs = scaled_channels(usual, width, kDefaultWidth);
      convolutions_.push_back(
          register_module("convolution_" + number, plain_convolution(inputs, outputs, 3)));
      normalisations_.push_back(register_module("normalisation_" + number, BatchNorm2d(outputs)));
      inputs = outputs;
    }
    dense_ = register_module("dense", Linear(inputs * kPlaces, feature_count_));
    dropout_ = register_module("dropout", Dropout(0.3));
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = pictures;
    for (std::size_t i = 0; i < convolutions_.size(); ++i) {
      value = layers.relu(layers.convolution(value, convolutions_[i], normalisations_[i]));
      value = layers.max_pool(value, 2, 2, 0);
    }
    return layers.dropout(layers.relu(layers.linear(value, dense_)), dropout_);
  }

  int feature_count() const override { return feature_count_; }

 private:
  std::vector<Conv2d> convolutions_;
  std::vector<BatchNorm2d> normalisations_;
  Linear dense_{nullptr};
  Dropout dropout_{nullptr};
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_wide_dense(const ArchitectureOptions& options) {
  return std::make_shared<WideDense>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
