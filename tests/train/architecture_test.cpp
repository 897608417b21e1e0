#include "train/architecture/architecture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mien/error.h"
#include "train/architecture/counting_layers.h"
#include "train/architecture/face_architecture.h"
#include "train/expression_network.h"

namespace mien::train {
namespace {

TEST(Architecture, EachGivesSevenLogitsAndEightVotes) {
  for (const auto& name : architecture_names()) {
    ExpressionNetwork network({.name = name, .width = 16}, 0.1);
    use_channels_last(network);
    const auto outputs = network.forward(torch::randn({3, 1, 48, 48}));
    EXPECT_EQ(outputs.logits.sizes(), (std::vector<std::int64_t>{3, 7})) << name;
    EXPECT_EQ(outputs.votes.sizes(), (std::vector<std::int64_t>{3, 8})) << name;
    (outputs.logits.sum() + outputs.votes.sum()).backward();
    for (const auto& parameter : network.named_parameters()) {
      EXPECT_TRUE(parameter.value().grad().defined()) << name << " " << parameter.key();
    }
  }
}

TEST(Architecture, SizesAreAsDocumented) {
  EXPECT_LT(ExpressionNetwork({.name = "mini_xception"}, 0).parameter_count(), 60000);
  EXPECT_LT(ExpressionNetwork({.name = "vgg_se"}, 0).parameter_count(), 2500000);
  EXPECT_LT(ExpressionNetwork({.name = "vgg_se", .width = 16}, 0).parameter_count(), 650000);
}

TEST(Architecture, UnknownNameListsTheKnownOnes) {
  try {
    make_architecture({.name = "resnet"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(
        error.what(),
        testing::StartsWith(
            "recipe: architecture 'resnet' is unknown; choose one of: vgg_se, residual_se, "));
  }
}

using Shape = std::vector<std::int64_t>;

TEST(Architecture, TorchvisionsNetworksHaveItsNamesAndShapes) {
  std::map<std::string, Shape> shapes;
  for (const std::string name : {"vgg16", "alexnet", "resnet18", "resnet50"}) {
    const auto network = make_architecture({.name = name});
    const auto add = [&](const std::string& key, const torch::Tensor& tensor) {
      shapes[name + "/" + key] = tensor.sizes().vec();
    };
    for (const auto& parameter : network->named_parameters()) {
      add(parameter.key(), parameter.value());
    }
    for (const auto& buffer : network->named_buffers()) add(buffer.key(), buffer.value());
  }
  EXPECT_EQ(shapes.at("vgg16/features.0.weight"), (Shape{64, 1, 3, 3}));
  EXPECT_EQ(shapes.at("vgg16/features.28.weight"), (Shape{512, 512, 3, 3}));
  EXPECT_EQ(shapes.at("vgg16/features.28.bias"), (Shape{512}));
  EXPECT_EQ(shapes.at("vgg16/classifier.0.weight"), (Shape{4096, 512}));
  EXPECT_EQ(shapes.at("vgg16/classifier.3.weight"), (Shape{4096, 4096}));
  EXPECT_EQ(shapes.at("alexnet/features.0.weight"), (Shape{64, 1, 11, 11}));
  EXPECT_EQ(shapes.at("alexnet/features.10.weight"), (Shape{256, 256, 3, 3}));
  EXPECT_EQ(shapes.at("alexnet/classifier.1.weight"), (Shape{4096, 1024}));
  EXPECT_EQ(shapes.at("alexnet/classifier.4.bias"), (Shape{4096}));
  EXPECT_EQ(shapes.at("resnet18/conv1.weight"), (Shape{64, 1, 7, 7}));
  EXPECT_EQ(shapes.at("resnet18/layer2.0.downsample.0.weight"), (Shape{128, 64, 1, 1}));
  EXPECT_EQ(shapes.at("resnet18/layer4.1.conv2.weight"), (Shape{512, 512, 3, 3}));
  EXPECT_EQ(shapes.at("resnet50/layer1.0.downsample.1.running_var"), (Shape{256}));
  EXPECT_EQ(shapes.at("resnet50/layer3.0.conv2.weight"), (Shape{256, 256, 3, 3}));
  EXPECT_EQ(shapes.at("resnet50/layer4.2.conv3.weight"), (Shape{2048, 512, 1, 1}));
  EXPECT_EQ(shapes.at("resnet50/layer4.2.bn3.num_batches_tracked"), Shape{});
}

/// torchvision states 11,689,512 and 25,557,032 parameters for ResNet-18 and 50, with 1,000 classes
/// and three channels; 14,714,688 and 2,469,696 for the convolutions of VGG-16 and AlexNet.
TEST(Architecture, TorchvisionsNetworksHaveItsParameters) {
  constexpr std::int64_t kClasses = 1000;
  const auto parameters_of = [](const char* name) {
    std::int64_t count = 0;
    for (const auto& parameter : make_architecture({.name = name})->parameters()) {
      count += parameter.numel();
    }
    return count;
  };
  EXPECT_EQ(parameters_of("resnet18"), 11'689'512 - 513 * kClasses - 2 * 64 * 49);
  EXPECT_EQ(parameters_of("resnet50"), 25'557'032 - 2049 * kClasses - 2 * 64 * 49);
  EXPECT_EQ(parameters_of("vgg16"), 14'714'688 - 2 * 64 * 9 + 4096 * (512 + 1) + 4096 * (4096 + 1));
  EXPECT_EQ(parameters_of("alexnet"),
            2'469'696 - 2 * 64 * 121 + 4096 * (1024 + 1) + 4096 * (4096 + 1));
}

/// One layer of each kind that is counted, and some that are not.
class Few final : public torch::nn::Module {
 public:
  void use(Layers& layers, const Value& pictures) {
    auto value = layers.convolution(pictures, strided_, normalisation_);
    value = layers.relu(layers.convolution(value, depthwise_));
    layers.linear(layers.max_pool(value, 2, 2, 0), dense_, dense_normalisation_);
  }

 private:
  torch::nn::Conv2d strided_ = register_module("strided", plain_convolution(3, 4, 3, 2));
  torch::nn::BatchNorm2d normalisation_ =
      register_module("normalisation", torch::nn::BatchNorm2d(4));
  torch::nn::Conv2d depthwise_ = register_module("depthwise", plain_convolution(4, 4, 5, 1, 4));
  torch::nn::Linear dense_ = register_module("dense", torch::nn::Linear(4 * 2 * 3, 7));
  torch::nn::BatchNorm1d dense_normalisation_ =
      register_module("dense_normalisation", torch::nn::BatchNorm1d(7));
};

TEST(MultiplyAdds, AreCountedOverConvolutionsAndDenseLayers) {
  Few few;
  const auto use = [&few](Layers& layers, const Value& pictures) { few.use(layers, pictures); };
  // 8 x 12 pixels become 4 x 6, then 2 x 3.
  constexpr std::int64_t kStrided = (4 * 6) * 4 * (3 * 3 * 3);
  constexpr std::int64_t kDepthwise = (4 * 6) * 4 * (5 * 5);
  constexpr std::int64_t kDense = 7 * (4 * 2 * 3);
  EXPECT_EQ(count_multiply_adds(few, 3, 8, 12, use), kStrided + kDepthwise + kDense);
  EXPECT_TRUE(few.is_training());
  for (const auto& buffer : few.named_buffers()) {
    if (buffer.key().find("running_mean") == std::string::npos) continue;
    EXPECT_EQ(buffer.value().abs().sum().item<double>(), 0) << buffer.key() << " has learnt";
  }
}

TEST(MultiplyAdds, OfKnownNetworks) {
  const auto millions = [](const char* name, int side) {
    return static_cast<double>(ExpressionNetwork({.name = name}, 0).multiply_adds(side, side)) /
           1e6;
  };
  // 224 pixels, doubled by the network from 112: 1,814 and 4,089 million are published, two thirds
  // of the first convolution's 118 and nearly all of the last layer's 0.5 and 2 not among ours.
  EXPECT_NEAR(millions("resnet18", 112), 1814.1 - 118.0 * 2 / 3 - 0.5, 1);
  EXPECT_NEAR(millions("resnet50", 112), 4089.2 - 118.0 * 2 / 3 - 2.0, 1);
  EXPECT_NEAR(
      static_cast<double>(make_face_architecture({.name = "separable_pyramid"})->multiply_adds()) /
          1e6,
      262, 1);
}

TEST(Frozen, OnlyTheLastLayersLearn) {
  ExpressionNetwork network({.name = "mini_xception"}, 0);
  const auto learn = [&network] {
    for (auto& parameter : network.parameters()) parameter.mutable_grad() = torch::Tensor();
    network.forward(torch::randn({4, 1, 48, 48})).logits.square().sum().backward();
  };
  const auto is_learnt = [&network](const char* name) {
    return network.named_parameters()[name].grad().defined();
  };
  const auto mean = network.named_buffers()["architecture.stem_normalisation_1.running_mean"];
  network.train();
  network.set_frozen(true);
  learn();
  EXPECT_TRUE(is_learnt("expression.weight"));
  EXPECT_FALSE(is_learnt("architecture.stem_1.weight"));
  EXPECT_EQ(mean.abs().sum().item<double>(), 0);
  network.train();
  network.set_frozen(false);
  learn();
  EXPECT_TRUE(is_learnt("architecture.stem_1.weight"));
  EXPECT_GT(mean.abs().sum().item<double>(), 0);
}

}  // namespace
}  // namespace mien::train
