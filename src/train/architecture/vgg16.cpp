#include <array>

#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Dropout;
using torch::nn::Linear;

constexpr int kDefaultWidth = 64;
constexpr int kPooling = 0;
constexpr std::array kLayers = {64,  64,       kPooling, 128,      128, kPooling,
                                256, 256,      256,      kPooling, 512, 512,
                                512, kPooling, 512,      512,      512, kPooling};
constexpr int kDense = 4096;

/// torchvision's names, so that its weights can be read. Its pooling to 7 x 7 places repeats what
/// 48 pixels leave, a single place; the dense layer sees that place once.
class Vgg16 final : public Architecture {
 public:
  explicit Vgg16(int width) : feature_count_(scaled_channels(kDense, width, kDefaultWidth)) {
    auto features = register_module("features", std::make_shared<torch::nn::Module>());
    int inputs = 1;
    int index = 0;
    for (const int usual : kLayers) {
      if (usual == kPooling) {
        ++index;
        continue;
      }
      const int outputs = scaled_channels(usual, width, kDefaultWidth);
      convolutions_.push_back(features->register_module(
          std::to_string(index), Conv2d(Conv2dOptions(inputs, outputs, 3).padding(1))));
      prepare_for_relu(convolutions_.back()->weight);
      inputs = outputs;
      index += 2;  // a ReLU follows
    }
    auto classifier = register_module("classifier", std::make_shared<torch::nn::Module>());
    dense_1_ = classifier->register_module("0", Linear(inputs, feature_count_));
    dropout_1_ = classifier->register_module("2", Dropout(0.5));
    dense_2_ = classifier->register_module("3", Linear(feature_count_, feature_count_));
    dropout_2_ = classifier->register_module("5", Dropout(0.5));
    prepare_for_relu(dense_1_->weight);
    prepare_for_relu(dense_2_->weight);
  }

  Value features(Layers& layers, const Value& pictures) override {
    auto value = pictures;
    auto convolution = convolutions_.begin();
    for (const int channels : kLayers) {
      value = channels == kPooling ? layers.max_pool(value, 2, 2, 0)
                                   : layers.relu(layers.convolution(value, *convolution++));
    }
    value = layers.dropout(layers.relu(layers.linear(value, dense_1_)), dropout_1_);
    return layers.dropout(layers.relu(layers.linear(value, dense_2_)), dropout_2_);
  }

  int feature_count() const override { return feature_count_; }

 private:
  std::vector<Conv2d> convolutions_;
  Linear dense_1_{nullptr};
  Dropout dropout_1_{nullptr};
  Linear dense_2_{nullptr};
  Dropout dropout_2_{nullptr};
  int feature_count_;
};

}  // namespace

std::shared_ptr<Architecture> make_vgg16(const ArchitectureOptions& options) {
  return std::make_shared<Vgg16>(options.width > 0 ? options.width : kDefaultWidth);
}

}  // namespace mien::train
