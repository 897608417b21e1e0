#include "test_models.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mien/expression.h"

namespace mien::test {
namespace {

constexpr int kLabels = static_cast<int>(kExpressionCount);

struct Convolution {
  int in;
  int out;
  int kernel;
  int groups = 1;
};

/// Same size, with a bias.
std::string convolve(OnnxBuilder& model, const std::string& tensor, const Convolution& c) {
  const int per_group = c.in / c.groups;
  const float scale = 1.5F / std::sqrt(static_cast<float>(per_group * c.kernel * c.kernel));
  const auto seed = static_cast<unsigned>(c.in * 100 + c.out * 10 + c.kernel);
  const auto weights = model.random_weights({c.out, per_group, c.kernel, c.kernel}, scale, seed);
  const auto bias = model.random_weights({c.out}, 0.1F, seed + 1);
  auto result = model.node("Conv", {tensor, weights, bias});
  model.ints("kernel_shape", {c.kernel, c.kernel});
  model.ints("pads", {c.kernel / 2, c.kernel / 2, c.kernel / 2, c.kernel / 2});
  model.ints("strides", {1, 1});
  model.number("group", c.groups);
  return result;
}

std::string excite(OnnxBuilder& model, const std::string& tensor, int channels) {
  const auto pooled = model.node("GlobalAveragePool", {tensor});
  const auto squeezed = model.node("Relu", {convolve(model, pooled, {channels, 2, 1})});
  const auto gate = model.node("Sigmoid", {convolve(model, squeezed, {2, channels, 1})});
  return model.node("Mul", {tensor, gate});
}

std::string fully_connected(OnnxBuilder& model, const std::string& tensor,
                            const std::string& weights, const std::string& bias) {
  auto result = model.node("Gemm", {tensor, weights, bias});
  model.number("transB", 1);
  return result;
}

}  // namespace

ModelCard expression_card(int side) {
  ModelCard card;
  card.name = "test-model";
  card.architecture = "test";
  card.input.width = side;
  card.input.height = side;
  card.metrics = {{"accuracy", 0.5}};
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  return card;
}

float linear_weight(int side, int label, int pixel) {
  return static_cast<float>((label * 31 + pixel * 7) % 11 - 5) / static_cast<float>(side * side);
}

OnnxBuilder linear_model(int side) {
  OnnxBuilder model;
  std::vector<float> weights;
  for (int label = 0; label < kLabels; ++label) {
    for (int pixel = 0; pixel < side * side; ++pixel) {
      weights.push_back(linear_weight(side, label, pixel));
    }
  }
  const auto flat = model.node("Flatten", {model.input(1, side, side)});
  const auto matrix = model.weights({kLabels, side * side}, weights);
  const auto bias = model.weights({kLabels}, std::vector<float>(kExpressionCount, 0));
  model.output(fully_connected(model, flat, matrix, bias), kLabels);
  return model;
}

ModelCard attribute_card(int side, int ages) {
  constexpr int kYoungest = 20;
  auto card = expression_card(side);
  card.task = kAttributesTask;
  card.labels = {"male", "female"};
  card.ages = {kYoungest, kYoungest + ages - 1};
  return card;
}

OnnxBuilder two_headed_model(int side, int genders, int ages) {
  constexpr float kScale = 0.4F;
  OnnxBuilder builder;
  const auto flat = builder.node("Flatten", {builder.input(1, side, side)});
  unsigned seed = 1;
  for (const int values : {genders, ages}) {
    const auto weights =
        builder.random_weights({std::int64_t{side} * side, values}, kScale, seed++);
    builder.output(builder.node("MatMul", {flat, weights}), values);
  }
  return builder;
}

OnnxBuilder convolutional_model() {
  constexpr int kChannels = 8;
  OnnxBuilder model;
  const auto first =
      model.node("Relu", {convolve(model, model.input(1, 16, 16), {1, kChannels, 3})});
  const auto excited = excite(model, convolve(model, first, {kChannels, kChannels, 3}), kChannels);
  const auto added = model.node("Relu", {model.node("Add", {first, excited})});
  const auto depthwise = convolve(model, added, {kChannels, kChannels, 3, kChannels});
  const auto pooled = model.node("MaxPool", {convolve(model, depthwise, {kChannels, 12, 1})});
  model.ints("kernel_shape", {3, 3});
  model.ints("strides", {2, 2});
  model.ints("pads", {1, 1, 1, 1});
  const auto flat = model.node("Flatten", {model.node("GlobalAveragePool", {pooled})});
  const auto matrix = model.random_weights({kLabels, 12}, 1, 5);
  const auto bias = model.random_weights({kLabels}, 0.1F, 6);
  model.output(fully_connected(model, flat, matrix, bias), kLabels);
  return model;
}

ModelCard detector_card(const std::vector<int>& strides) {
  ModelCard card;
  card.name = "test-detector";
  card.task = kDetectionTask;
  card.architecture = "test";
  card.metrics = {{"average_precision", 0.5}};
  card.detector.strides = strides;
  card.detector.framing = {.margin = 1.25, .shift_down = 0.125};
  return card;
}

OnnxBuilder bright_square_model(const std::vector<int>& strides, float size) {
  constexpr int kPlanes = 15;
  constexpr std::array<float, 3> kShares = {1.0F / 6, 2.0F / 6, 3.0F / 6};
  OnnxBuilder model;
  const auto input = model.input(3, 0, 0);
  std::vector<float> bias(kPlanes);
  bias[0] = -20;
  bias[3] = bias[4] = std::log(size);
  const std::array<float, 10> points = {-0.25F, 0, 0.25F, 0, 0, 0.25F, -0.25F, 0.25F, 0.25F, 0.25F};
  std::copy(points.begin(), points.end(), bias.begin() + 5);
  for (const int stride : strides) {
    const auto square = static_cast<std::size_t>(stride * stride);
    std::vector<float> weights(kPlanes * 3 * square);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(channel * square), square,
                  0.1F * kShares[channel] / static_cast<float>(square));
    }
    const auto grid =
        model.node("Conv", {input, model.weights({kPlanes, 3, stride, stride}, weights),
                            model.weights({kPlanes}, bias)});
    model.ints("kernel_shape", {stride, stride});
    model.ints("strides", {stride, stride});
    model.open_output(grid, 4);
  }
  return model;
}

std::string with_card(OnnxBuilder model, const ModelCard& card) {
  model.metadata(std::string(kModelCardKey), to_json(card));
  return model.bytes();
}

}  // namespace mien::test
