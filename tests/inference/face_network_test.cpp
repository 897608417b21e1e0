// A model that finds faces, run on a picture's bytes.
#include "inference/face_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <random>

#include "inference/onednn/onednn_executor.h"
#include "mien/error.h"
#include "test_models.h"

namespace mien {
namespace {

using test::bright_square_model;
using test::detector_card;
using test::OnnxBuilder;
using testing::HasSubstr;

class FaceNetworks : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  const std::filesystem::path& write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_;
  }
  const std::filesystem::path& write(const OnnxBuilder& model, const ModelCard& card) const {
    return write(with_card(model, card));
  }
  const std::filesystem::path& write_squares(const std::vector<int>& strides) const {
    return write(bright_square_model(strides), detector_card(strides));
  }

  static std::string failure(const std::filesystem::path& path,
                             const FaceNetworkOptions& options = {},
                             ErrorCode code = ErrorCode::model) {
    try {
      FaceNetwork network(path, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                ("mien-face-network-" + std::to_string(::getpid()) + ".onnx");
};

Image noise(int width, int height, unsigned seed) {
  Image image(width, height, PixelFormat::bgr);
  std::mt19937 random(seed);
  for (auto& value : image.pixels()) value = static_cast<std::uint8_t>(random());
  return image;
}

void fill(Image& image, int left, int top, int side, std::array<std::uint8_t, 3> colour) {
  for (int y = top; y < top + side; ++y) {
    for (int x = left; x < left + side; ++x) {
      const auto at = static_cast<std::ptrdiff_t>(3 * (y * image.width() + x));
      std::copy(colour.begin(), colour.end(), image.pixels().begin() + at);
    }
  }
}

std::vector<std::vector<float>> values_of(FaceNetwork& network, const Image& image) {
  std::vector<std::vector<float>> all;
  for (const auto& grid : network.run(image.view())) {
    all.emplace_back(grid.values.begin(), grid.values.end());
  }
  return all;
}

TEST_F(FaceNetworks, GivesAGridForEachStride) {
  FaceNetwork network(write_squares({8, 32}));
  EXPECT_EQ(network.card().detector, detector_card({8, 32}).detector);
  EXPECT_EQ(network.side_unit(), 32);
  Image picture(96, 64, PixelFormat::bgr);
  fill(picture, 80, 16, 8, {255, 255, 255});
  const auto grids = network.run(picture.view());
  ASSERT_EQ(grids.size(), 2U);
  EXPECT_EQ(grids[0].stride, 8);
  EXPECT_EQ(grids[0].width, 12);
  EXPECT_EQ(grids[0].height, 8);
  EXPECT_EQ(grids[1].width, 3);
  EXPECT_EQ(grids[1].height, 2);
  EXPECT_EQ(grids[1].values.size(), 15U * 6);
  const auto faces = decode_faces(grids, 0.5F);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_NEAR(faces[0].left, 84 - 32, 0.2);
  EXPECT_NEAR(faces[0].bottom, 20 + 32, 0.2);
  EXPECT_NEAR(faces[0].landmarks[0].x, 84 - 2, 0.1);
}

TEST_F(FaceNetworks, BlueComesFirst) {
  FaceNetwork network(write_squares({8}), {.precision = Precision::float32});
  Image picture(32, 32, PixelFormat::bgr);
  fill(picture, 8, 16, 8, {255, 0, 0});
  fill(picture, 16, 16, 8, {0, 0, 255});
  const auto logits = network.run(picture.view()).front().values;
  EXPECT_NEAR(logits[2 * 4 + 1], -20 + 25.5 / 6, 1e-3);
  EXPECT_NEAR(logits[2 * 4 + 2], -20 + 25.5 / 2, 1e-3);
}

TEST_F(FaceNetworks, AgreesWithTheReference) {
  for (const auto& [width, height] : {std::pair{64, 32}, {32, 96}}) {
    const auto picture = noise(width, height, 1);
    FaceNetwork reference(write_squares({8, 16}), {.reference = true});
    FaceNetwork network(write_squares({8, 16}), {.precision = Precision::float32});
    const auto expected = values_of(reference, picture);
    const auto found = values_of(network, picture);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_THAT(found[i], testing::Pointwise(testing::FloatNear(1e-3F), expected[i]));
    }
  }
}

/// Where something else than convolutions reads the picture, and where it is read twice.
TEST_F(FaceNetworks, OtherLayersMayReadThePicture) {
  OnnxBuilder model;
  const auto input = model.input(3, 0, 0);
  const auto scaled = model.node("Mul", {input, model.weights({1}, {1.0F / 64})});
  const auto both = model.node("Concat", {scaled, input});
  model.number("axis", 1);
  const auto grid = model.node("Conv", {both, model.random_weights({15, 6, 8, 8}, 0.01F, 1)});
  model.ints("kernel_shape", {8, 8});
  model.ints("strides", {8, 8});
  model.open_output(grid, 4);
  const auto picture = noise(64, 32, 2);
  FaceNetwork reference(write(model, detector_card({8})), {.reference = true});
  FaceNetwork network(write(model, detector_card({8})), {.precision = Precision::float32});
  EXPECT_THAT(values_of(network, picture)[0],
              testing::Pointwise(testing::FloatNear(2e-3F), values_of(reference, picture)[0]));
}

TEST_F(FaceNetworks, Bfloat16IsNearEnough) {
  const bool there = has_instructions_for(Precision::bfloat16);
  if (!there) {
    EXPECT_THAT(failure(write_squares({8}), {.precision = Precision::bfloat16}, ErrorCode::usage),
                HasSubstr("no instructions for bfloat16"));
    GTEST_SKIP() << "SKIPPED: no instructions for bfloat16 here";
  }
  FaceNetwork network(write_squares({8}), {.precision = Precision::bfloat16});
  FaceNetwork by_default(write_squares({8}));
  FaceNetwork exact(write_squares({8}), {.precision = Precision::float32});
  const auto picture = noise(128, 96, 3);
  const auto found = values_of(network, picture);
  EXPECT_THAT(found[0],
              testing::Pointwise(testing::FloatNear(0.15F), values_of(exact, picture)[0]));
  EXPECT_EQ(found, values_of(by_default, picture));
}

TEST_F(FaceNetworks, ThreadsDoNotChangeTheAnswer) {
  const auto picture = noise(160, 128, 4);
  FaceNetwork one(write_squares({8, 16}));
  FaceNetwork all(write_squares({8, 16}), {.threads = 0});
  EXPECT_EQ(values_of(one, picture), values_of(all, picture));
}

/// More sizes than are kept, each twice, in another order.
TEST_F(FaceNetworks, PicturesMayHaveAnySizes) {
  FaceNetwork network(write_squares({8}));
  const auto check = [&](int side) {
    Image picture(side, 32, PixelFormat::bgr);
    fill(picture, side - 8, 8, 8, {255, 255, 255});
    const auto faces = decode_faces(network.run(picture.view()), 0.5F);
    ASSERT_EQ(faces.size(), 1U) << side;
    EXPECT_NEAR((faces[0].left + faces[0].right) / 2, side - 4, 0.1);
  };
  for (int side = 32; side <= 32 * 60; side += 32) check(side);
  for (int side = 32 * 60; side > 0; side -= 32 * 7) check(side);
}

TEST_F(FaceNetworks, AViewOfAnotherKindIsTheCallersError) {
  FaceNetwork network(write_squares({8}));
  const auto run = [&](const ImageView& picture) { network.run(picture); };
  const Image picture(64, 64, PixelFormat::bgr);
  auto view = picture.view();
  EXPECT_NO_THROW(run(view));
  view.width = 60;
  EXPECT_THROW(run(view), Error);
  view.width = 32;  // its rows have gaps
  EXPECT_THROW(run(view), Error);
  EXPECT_THROW(run(Image(64, 64, PixelFormat::gray).view()), Error);
  EXPECT_THROW(run({}), Error);
}

TEST_F(FaceNetworks, AStrideOf64MakesSidesMultiplesOfIt) {
  FaceNetwork network(write_squares({8, 64}));
  EXPECT_EQ(network.side_unit(), 64);
  EXPECT_THROW(network.run(Image(96, 64, PixelFormat::bgr).view()), Error);
}

TEST_F(FaceNetworks, AnotherTaskIsRefused) {
  EXPECT_THAT(failure(write(test::linear_model(16), test::expression_card(16))),
              HasSubstr("names expressions and finds no faces"));
  write_squares({8});
  const auto& path = write(bright_square_model({8}), detector_card({8}));
  try {
    make_network(path);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("finds faces and names no expressions"));
  }
}

TEST_F(FaceNetworks, WhatIsNoModelIsRefused) {
  EXPECT_THAT(failure("/no/such.onnx"), HasSubstr("cannot read the model"));
  EXPECT_THAT(failure(write("text")), HasSubstr("not an ONNX model"));
  EXPECT_THAT(failure(write(bright_square_model({8}).bytes())), HasSubstr("has no card"));
  EXPECT_THAT(
      failure(write(with_card(bright_square_model({8}), detector_card({8})).substr(0, 999))),
      HasSubstr("not an ONNX model"));
}

TEST_F(FaceNetworks, Int8IsRefused) {
  EXPECT_THAT(failure(write_squares({8}), {.precision = Precision::int8}, ErrorCode::usage),
              HasSubstr("int8"));
  EXPECT_THAT(failure(write_squares({8}), {.precision = Precision::bfloat16, .reference = true},
                      ErrorCode::usage),
              HasSubstr("bfloat16"));
}

struct BadModel {
  std::string name;
  std::function<OnnxBuilder()> build;
  std::vector<int> strides;
  std::string expected;
};

/// One convolution from 3 channels to 15 planes, as far as the changes leave it so.
struct Convolution {
  int channels = 3;
  int planes = 15;
  int stride = 8;
  float weight = 0;
  float bias = 0;
};

OnnxBuilder by(const Convolution& c) {
  OnnxBuilder model;
  const auto count = static_cast<std::size_t>(c.planes * c.channels * c.stride * c.stride);
  const auto grid = model.node(
      "Conv",
      {model.input(c.channels, 0, 0),
       model.weights({c.planes, c.channels, c.stride, c.stride},
                     std::vector<float>(count, c.weight)),
       model.weights({c.planes}, std::vector<float>(static_cast<std::size_t>(c.planes), c.bias))});
  model.ints("kernel_shape", {c.stride, c.stride});
  model.ints("strides", {c.stride, c.stride});
  model.open_output(grid, 4);
  return model;
}

/// NaN behind which a rectifier could hide.
OnnxBuilder hidden_nan() {
  OnnxBuilder model;
  const auto poisoned = model.node(
      "Mul", {model.input(3, 0, 0), model.weights({1}, {std::numeric_limits<float>::quiet_NaN()})});
  const auto grid = model.node(
      "Conv", {model.node("Relu", {poisoned}), model.random_weights({15, 3, 8, 8}, 0.1F, 1)});
  model.ints("kernel_shape", {8, 8});
  model.ints("strides", {8, 8});
  model.open_output(grid, 4);
  return model;
}

/// Turned about: rows are columns.
OnnxBuilder transposed() {
  OnnxBuilder model;
  const auto turned = model.node("Transpose", {model.input(3, 0, 0)});
  model.ints("perm", {0, 1, 3, 2});
  const auto grid = model.node("Conv", {turned, model.random_weights({15, 3, 8, 8}, 0.1F, 1)});
  model.ints("kernel_shape", {8, 8});
  model.ints("strides", {8, 8});
  model.open_output(grid, 4);
  return model;
}

OnnxBuilder fixed_batch() {
  auto model = by({});
  model.model()
      .mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_value(4);
  return model;
}

OnnxBuilder unknown_operator() {
  OnnxBuilder model;
  const auto grid =
      model.node("Conv", {model.input(3, 0, 0), model.random_weights({15, 3, 8, 8}, 0.1F, 1)});
  model.ints("kernel_shape", {8, 8});
  model.ints("strides", {8, 8});
  model.open_output(model.node("Einsum", {grid}), 4);
  return model;
}

OnnxBuilder wide() {
  OnnxBuilder model;
  auto value = model.input(3, 0, 0);
  for (int i = 0; i < 20; ++i) {
    value = model.node("Concat", {value, value});
    model.number("axis", 1);
  }
  model.open_output(value, 4);
  return model;
}

class BadFaceModels : public FaceNetworks, public testing::WithParamInterface<BadModel> {};

TEST_P(BadFaceModels, AreOneLineOfError) {
  const auto& path = write(GetParam().build(), detector_card(GetParam().strides));
  const auto error = failure(path);
  EXPECT_THAT(error, HasSubstr(GetParam().expected));
  EXPECT_THAT(error, testing::StartsWith(path.string() + ": "));
  EXPECT_THAT(error, testing::Not(HasSubstr("\n")));
  EXPECT_EQ(failure(path, {.reference = true}), error);
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Each, BadFaceModels,
    testing::Values(
        BadModel{"NanWeights", [] { return by({.weight = kNan}); }, {8}, "NaN"},
        BadModel{"NanBias", [] { return by({.bias = kNan}); }, {8}, "NaN"},
        BadModel{"HiddenNan", hidden_nan, {8}, "NaN"},
        BadModel{"InfiniteBias", [] { return by({.bias = kInfinity}); }, {8}, "not finite"},
        BadModel{"Overflow", [] { return by({.weight = 1e38F}); }, {8}, "not finite"},
        BadModel{"FewPlanes", [] { return by({.planes = 14}); }, {8}, "not [1,15,12,8]"},
        BadModel{"OtherStride", [] { return by({}); }, {16}, "for stride 16"},
        BadModel{"FewOutputs", [] { return by({}); }, {8, 16}, "found 1 and 1"},
        BadModel{"Gray", [] { return by({.channels = 1}); }, {8}, "is not a float"},
        BadModel{"Transposed", transposed, {8}, "not [1,15,12,8]"},
        BadModel{"FixedBatch", fixed_batch, {8}, "is not a float"},
        BadModel{"UnknownOperator", unknown_operator, {8}, "Einsum"},
        BadModel{"Wide", wide, {8}, "half a gigabyte"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mien
