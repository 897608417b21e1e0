#include "train/architecture/architecture.h"

#include <array>

#include "mien/error.h"

namespace mien::train {
namespace {

struct Maker {
  const char* name;
  std::shared_ptr<Architecture> (*make)(const ArchitectureOptions& options);
};

constexpr std::array kMakers = {Maker{"vgg_se", make_vgg_se},
                                Maker{"residual_se", make_residual_se},
                                Maker{"inverted_residual", make_inverted_residual},
                                Maker{"mini_xception", make_mini_xception},
                                Maker{"thresholded_cnn", make_thresholded_cnn},
                                Maker{"four_convolutions", make_four_convolutions},
                                Maker{"custom_cnn", make_custom_cnn},
                                Maker{"nine_convolutions", make_nine_convolutions},
                                Maker{"wide_dense", make_wide_dense},
                                Maker{"vgg16", make_vgg16},
                                Maker{"alexnet", make_alexnet},
                                Maker{"resnet18", make_resnet18},
                                Maker{"resnet50", make_resnet50}};

}  // namespace

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const auto& maker : kMakers) names.emplace_back(maker.name);
  return names;
}

std::shared_ptr<Architecture> make_architecture(const ArchitectureOptions& options) {
  std::string known;
  for (const auto& maker : kMakers) {
    if (options.name == maker.name) return maker.make(options);
    known += (known.empty() ? "" : ", ") + std::string(maker.name);
  }
  throw Error(ErrorCode::usage,
              "recipe: architecture '" + options.name + "' is unknown; choose one of: " + known);
}

torch::nn::Conv2d plain_convolution(int inputs, int outputs, int kernel, int stride, int groups) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(inputs, outputs, kernel)
                               .stride(stride)
                               .padding(kernel / 2)
                               .groups(groups)
                               .bias(false));
}

int scaled_channels(int usual, int width, int usual_width) { return usual * width / usual_width; }

void prepare_for_relu(torch::Tensor& weight) {
  torch::nn::init::kaiming_normal_(weight, 0, torch::kFanIn, torch::kReLU);
}

Value RunningLayers::convolution(const Value& input, torch::nn::Conv2d& layer) {
  return {layer->forward(input.tensor), {}};
}

Value RunningLayers::convolution(const Value& input, torch::nn::Conv2d& layer,
                                 torch::nn::BatchNorm2d& normalisation) {
  return {normalisation->forward(layer->forward(input.tensor)), {}};
}

// In place: the values before it are never needed again, and the memory saved is a tenth of the
// time.
Value RunningLayers::relu(const Value& input) { return {input.tensor.relu_(), {}}; }

Value RunningLayers::sigmoid(const Value& input) { return {torch::sigmoid(input.tensor), {}}; }

Value RunningLayers::max_pool(const Value& input, int kernel, int stride, int padding) {
  return {torch::max_pool2d(input.tensor, kernel, stride, padding), {}};
}

Value RunningLayers::global_average_pool(const Value& input) {
  return {torch::adaptive_avg_pool2d(input.tensor, {1, 1}), {}};
}

Value RunningLayers::add(const Value& a, const Value& b) { return {a.tensor + b.tensor, {}}; }

Value RunningLayers::scale(const Value& input, double factor) {
  return {input.tensor * factor, {}};
}

Value RunningLayers::upsample(const Value& input) {
  const std::vector<double> twice = {2, 2};
  return {torch::upsample_nearest2d(input.tensor, c10::nullopt, twice), {}};
}

Value RunningLayers::multiply(const Value& input, const Value& gate) {
  return {input.tensor * gate.tensor, {}};
}

Value RunningLayers::dropout(const Value& input, torch::nn::Dropout& layer) {
  return {layer->forward(input.tensor), {}};
}

Value RunningLayers::linear(const Value& input, torch::nn::Linear& layer) {
  return {layer->forward(input.tensor.flatten(1)), {}};
}

Value RunningLayers::linear(const Value& input, torch::nn::Linear& layer,
                            torch::nn::BatchNorm1d& normalisation) {
  return {normalisation->forward(layer->forward(input.tensor.flatten(1))), {}};
}

}  // namespace mien::train
