#include <array>

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::BatchNorm1d;
using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Dropout;
using torch::nn::Linear;

struct Stage {
  int channels;
  int kernel;
};

constexpr int kDefaultWidth = 64;
constexpr std::array kStages = {Stage{64, 3}, Stage{128, 5}, Stage{512, 3}, Stage{512, 3}};
constexpr std::array kDense = {256, 512};
constexpr int kPlaces = 3 * 3;  // 48 pixels, halved four times

class FourConvolutions final : public Architecture {
 public:
  explicit FourConvolutions(int width) : dropout_(register_module("dropout", Dropout(0.25))) {
    int inputs = 1;
    for (const auto& [channels, kernel] : kStages) {
      const auto number = std::to_string(convolutions_.size() + 1);
      const int outputs = scaled_channels(channels, width, kDefaultWidth);
      convolutions_.push_back(
          register_module("convolution_" + number, plain_convolution(inputs, outputs, kernel)));
      normalisations_.push_back(register_module("normalisation_" + number, BatchNorm2d(outputs)));
      inputs = outputs;
    }
    inputs *= kPlaces;
    for (const int channels : kDense) {
      const auto number = std::to_string(dense_.size() + 1);
      feature_count_ = scaled_channels(channels, width, kDefaultWidth);
      dense_.push_back(register_module("dense_" + number, Linear(inputs, feature_count_)));
      dense_normalisations_.push_back(
          register_module("dense_normalisation_" + number, BatchNorm1d(feature_count_)));
      inputs = feature_count_;
    }
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = pictures;
    for (std::size_t i = 0; i < convolutions_.size(); ++i) {
      value = layers.relu(layers.convolution(value, convolutions_[i], normalisations_[i]));
      value = layers.dropout(layers.max_pool(value, 2, 2, 0), dropout_);
    }
    for (std::size_t i = 0; i < dense_.size(); ++i) {
      value = layers.relu(layers.linear(value, dense_[i], dense_normalisations_[i]));
      value = layers.dropout(value, dropout_);
    }
    return value;
  }

  int feature_count() const override { return feature_count_; }

 private:
  Dropout dropout_;
  std::vector<Conv2d> convolutions_;
  std::vector<BatchNorm2d> normalisations_;
  std::vector<Linear> dense_;
  std::vector<BatchNorm1d> dense_normalisations_;
  int feature_count_ = 0;
};

}  // namespace

std::shared_ptr<Architecture> make_four_convolutions(const ArchitectureOptions& options) {
  return std::make_shared<FourConvolutions>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
