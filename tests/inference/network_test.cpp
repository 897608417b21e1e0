#include "mien/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "mien/error.h"
#include "mien/expression.h"
#include "mien/models.h"
#include "test_models.h"

namespace mien {
namespace {

using test::expression_card;
using test::with_card;
using testing::HasSubstr;

std::vector<float> random_faces(std::size_t count, int side) {
  std::mt19937 random(7);
  std::normal_distribution<float> level;
  std::vector<float> faces(count * static_cast<std::size_t>(side * side));
  for (auto& value : faces) value = level(random);
  return faces;
}

class NetworkFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  const std::filesystem::path& write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_;
  }

  std::string failure(const NetworkOptions& options = {}) const {
    try {
      make_network(path_, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model);
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string()));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "no error";
  }

  std::string failure_of(const std::string& bytes) const {
    write(bytes);
    return failure();
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      (std::string("mien-") + testing::UnitTest::GetInstance()->current_test_info()->name() +
       ".onnx");
};

TEST_F(NetworkFile, AFullyConnectedLayerAgreesWithTheSumsByHand) {
  constexpr int kSide = 8;
  const auto network =
      make_network(write(with_card(test::linear_model(kSide), expression_card(kSide))));
  const auto faces = random_faces(3, kSide);
  const auto logits = network->run(faces);
  ASSERT_EQ(logits.size(), 3 * kExpressionCount);
  for (int face = 0; face < 3; ++face) {
    for (int label = 0; label < static_cast<int>(kExpressionCount); ++label) {
      double sum = 0;
      for (int pixel = 0; pixel < kSide * kSide; ++pixel) {
        sum += faces[static_cast<std::size_t>(face * kSide * kSide + pixel)] *
               test::linear_weight(kSide, label, pixel);
      }
      EXPECT_NEAR(logits[static_cast<std::size_t>(face * 7 + label)], sum, 1e-5);
    }
  }
}

TEST_F(NetworkFile, FacesGetTheSameLogitsAloneAndInBatches) {
  const auto network =
      make_network(write(with_card(test::convolutional_model(), expression_card(16))));
  constexpr std::size_t kFaces = 37;
  constexpr std::size_t kSize = 16 * 16;
  const auto faces = random_faces(kFaces, 16);
  const auto together = network->run(faces);
  ASSERT_EQ(together.size(), kFaces * kExpressionCount);
  for (std::size_t i = 0; i < kFaces; ++i) {
    const auto alone = network->run(std::span(faces).subspan(i * kSize, kSize));
    for (std::size_t e = 0; e < kExpressionCount; ++e) {
      EXPECT_NEAR(alone[e], together[i * kExpressionCount + e], 1e-4) << i;
    }
  }
  EXPECT_NE(together[0], together[kExpressionCount]);
  EXPECT_TRUE(network->run({}).empty());
}

TEST_F(NetworkFile, HalfAFaceIsRefused) {
  const auto network = make_network(write(with_card(test::linear_model(8), expression_card(8))));
  EXPECT_THROW(network->run(std::vector<float>(65)), Error);
}

TEST_F(NetworkFile, TheCardTravelsInTheFile) {
  const auto card = expression_card(8);
  write(with_card(test::linear_model(8), card));
  EXPECT_EQ(to_json(read_model_card(write(with_card(test::linear_model(8), card)))), to_json(card));
}

TEST_F(NetworkFile, WithoutACardItsInputMustBeGiven) {
  EXPECT_THAT(failure_of(test::linear_model(8).bytes()), HasSubstr("has no card"));
  NetworkOptions options;
  options.card = expression_card(8);
  EXPECT_EQ(failure(options), "no error");
  options.card = expression_card(16);
  EXPECT_THAT(failure(options), HasSubstr("its input [N,1,8,8] is not the card's"));
}

TEST_F(NetworkFile, WhatIsNoModel) {
  EXPECT_THAT(failure(), HasSubstr("cannot read the model"));
  EXPECT_THAT(failure_of(""), HasSubstr("not an ONNX model"));
  EXPECT_THAT(failure_of("hello\n"), HasSubstr("not an ONNX model"));
  const auto whole = with_card(test::convolutional_model(), expression_card(16));
  for (std::size_t size = 1; size < whole.size(); size += whole.size() / 23) {
    EXPECT_NE(failure_of(whole.substr(0, size)), "no error") << size;
  }
}

TEST_F(NetworkFile, DamageIsNeverACrash) {
  const auto whole = with_card(test::linear_model(8), expression_card(8));
  std::mt19937 random(11);
  for (int i = 0; i < 60; ++i) {
    auto damaged = whole;
    for (int j = 0; j < 3; ++j) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    failure_of(damaged);
  }
}

TEST_F(NetworkFile, TooLarge) {
  std::filesystem::resize_file(write("x"), 600ULL << 20);  // a hole, not 600 MB
  EXPECT_THAT(failure(), HasSubstr("larger than 512 MiB"));
}

TEST_F(NetworkFile, TheCardMustFitTheModel) {
  EXPECT_THAT(failure_of(with_card(test::linear_model(8), expression_card(48))),
              HasSubstr("its input [N,1,8,8] is not the card's float [N,1,48,48]"));

  test::OnnxBuilder two_values;
  const auto flat = two_values.node("Flatten", {two_values.input(1, 8, 8)});
  const auto matrix = two_values.random_weights({64, 2}, 1, 1);
  two_values.output(two_values.node("MatMul", {flat, matrix}), 2);
  EXPECT_THAT(failure_of(with_card(two_values, expression_card(8))),
              HasSubstr("its output [N,2] is not the card's [N,7]"));

  auto liar = two_values;
  const auto output = liar.model().graph().output(0).name();
  liar.model().mutable_graph()->clear_output();
  liar.output(output, 7);
  EXPECT_THAT(failure_of(with_card(liar, expression_card(8))),
              HasSubstr("its output is [1,2], not [1,7]"));
}

TEST_F(NetworkFile, ABadCard) {
  auto model = test::linear_model(8);
  model.metadata(std::string(kModelCardKey), "{\"name\": 3}");
  EXPECT_THAT(failure_of(model.bytes()), HasSubstr("model card is invalid"));
}

TEST_F(NetworkFile, WeightsInAnotherFile) {
  auto model = test::linear_model(8);
  auto* weights = model.model().mutable_graph()->mutable_initializer(0);
  weights->clear_float_data();
  weights->set_data_location(onnx::TensorProto::EXTERNAL);
  auto* entry = weights->add_external_data();
  entry->set_key("location");
  entry->set_value("/etc/passwd");
  EXPECT_THAT(failure_of(with_card(model, expression_card(8))), HasSubstr("in another file"));
}

TEST_F(NetworkFile, AnOperationThatThereIsNot) {
  test::OnnxBuilder model;
  model.output(model.node("Dream", {model.input(1, 8, 8)}), 7);
  EXPECT_THAT(failure_of(with_card(model, expression_card(8))),
              HasSubstr("not a valid ONNX model"));
}

TEST_F(NetworkFile, ValuesThatAreNotFinite) {
  auto model = test::linear_model(8);
  model.model().mutable_graph()->mutable_initializer(1)->set_float_data(
      2, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(failure_of(with_card(model, expression_card(8))), HasSubstr("not a finite number"));
}

TEST(Backends, AreChosenByName) {
  EXPECT_THAT(network_engines(), testing::Contains("opencv"));
  try {
    make_network("any.onnx", {.engine = "abacus"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("opencv"));
  }
}

TEST(FakeNetwork, IsAFunctionOfThePixels) {
  const auto network = make_fake_network(expression_card(8));
  const auto faces = random_faces(2, 8);
  const auto logits = network->run(faces);
  ASSERT_EQ(logits.size(), 2 * kExpressionCount);
  EXPECT_EQ(make_fake_network(expression_card(8))->run(faces), logits);
  EXPECT_NE(logits[0], logits[kExpressionCount]);
  EXPECT_THROW(network->run(std::vector<float>(3)), Error);
}

}  // namespace
}  // namespace mien
