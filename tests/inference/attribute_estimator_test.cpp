#include "mien/attribute_estimator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "mien/error.h"
#include "mien/face_crop.h"
#include "test_models.h"

namespace mien {
namespace {

using testing::HasSubstr;

constexpr int kSide = 8;
constexpr int kAges = 11;

ModelCard attribute_card() { return test::attribute_card(kSide, kAges); }

test::OnnxBuilder two_headed_model(int genders = 2, int ages = kAges) {
  return test::two_headed_model(kSide, genders, ages);
}

std::vector<float> random_faces(std::size_t count) {
  std::mt19937 random(7);
  std::normal_distribution<float> level;
  std::vector<float> faces(count * kSide * kSide);
  for (auto& value : faces) value = level(random);
  return faces;
}

/// What it says is set by the test.
class ToldNetwork final : public Network {
 public:
  ToldNetwork(const ModelCard& card, std::vector<float> values)
      : card_(card), values_(std::move(values)) {}
  const ModelCard& card() const override { return card_; }
  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> all;
    for (std::size_t i = 0; i < faces.size(); i += kSide * kSide) {
      all.insert(all.end(), values_.begin(), values_.end());
    }
    return all;
  }

 private:
  ModelCard card_;
  std::vector<float> values_;
};

AttributeModel told(float male, float female, const std::vector<float>& ages,
                    AttributeChoice wanted = {true, true}) {
  std::vector<float> values = {male, female};
  values.insert(values.end(), ages.begin(), ages.end());
  return {std::make_unique<ToldNetwork>(attribute_card(), values), wanted};
}

class AttributeModelFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  std::string write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_.string();
  }

  std::string failure_of(const std::string& bytes) const {
    write(bytes);
    try {
      load_attribute_model({.wanted = {true, true}, .model = path_.string()}, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model);
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string()));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      (std::string("mien-") + testing::UnitTest::GetInstance()->current_test_info()->name() +
       ".onnx");
};

TEST(AttributeEstimator, SaysTheMoreProbableGenderAndTheMeanAge) {
  std::vector<float> ages(kAges, -100);
  ages[3] = ages[5] = 2;  // 23 and 25
  AttributeEstimator estimator(told(0, 2, ages));
  const Image picture(64, 48, PixelFormat::bgr);
  const std::vector<DetectedFace> faces(3, {{10, 10, 20, 20}, 0.9F, {}});
  const auto said = estimator.estimate(picture.view(), faces);
  ASSERT_EQ(said.size(), 3U);
  ASSERT_TRUE(said[2].gender && said[2].age);
  EXPECT_EQ(said[2].gender->label, Gender::female);
  EXPECT_NEAR(said[2].gender->confidence, 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_NEAR(*said[2].age, 24, 1e-4);
}

TEST(AttributeEstimator, TheCardsTemperatureHolds) {
  auto card = attribute_card();
  card.temperature = 2;
  std::vector<float> values(2 + kAges);
  values[0] = 3;
  AttributeEstimator estimator({std::make_unique<ToldNetwork>(card, values), {true, false}});
  const Image face(20, 20, PixelFormat::gray);
  const std::vector<ImageView> crops = {face.view()};
  const auto said = estimator.estimate_crops(crops);
  EXPECT_EQ(said[0].gender->label, Gender::male);
  EXPECT_NEAR(said[0].gender->confidence, 1 / (1 + std::exp(-1.5)), 1e-6);
}

TEST(AttributeEstimator, SaysNoMoreThanWasAskedFor) {
  const Image face(20, 20, PixelFormat::gray);
  const std::vector<ImageView> crops = {face.view()};
  const std::vector<float> ages(kAges);
  const auto gender = AttributeEstimator(told(0, 1, ages, {true, false})).estimate_crops(crops);
  EXPECT_TRUE(gender[0].gender);
  EXPECT_FALSE(gender[0].age);
  const auto age = AttributeEstimator(told(0, 1, ages, {false, true})).estimate_crops(crops);
  EXPECT_FALSE(age[0].gender);
  EXPECT_NEAR(*age[0].age, 25, 1e-4);
  EXPECT_EQ(load_attribute_model({.wanted = {}, .model = "no such model"}, {}).network, nullptr);
}

TEST(AttributeEstimator, AnExpressionModelIsRefused) {
  EXPECT_THROW(AttributeEstimator({make_fake_network(test::expression_card(kSide)), {true, true}}),
               Error);
}

TEST_F(AttributeModelFile, AllEnginesAgreeOnBothOutputs) {
  const auto path = write(test::with_card(two_headed_model(), attribute_card()));
  constexpr std::size_t kFaces = 37;  // several batches and single faces
  const auto faces = random_faces(kFaces);
  const auto expected = make_network(path, {.engine = "reference"}, kAttributesTask)->run(faces);
  ASSERT_EQ(expected.size(), kFaces * (2 + kAges));
  for (const auto* engine : {"onednn", "opencv", "auto"}) {
    const auto network = make_network(path, {.engine = engine}, kAttributesTask);
    const auto found = network->run(faces);
    ASSERT_EQ(found.size(), expected.size()) << engine;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], 1e-4) << engine << ' ' << i;
    }
    constexpr std::size_t kFace = 11;
    const auto alone = network->run(std::span(faces).subspan(kFace * kSide * kSide, kSide * kSide));
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_NEAR(alone[i], expected[kFace * (2 + kAges) + i], 1e-4) << engine;
    }
  }
}

TEST_F(AttributeModelFile, SaysWhatIsWrongWithAFile) {
  using test::with_card;
  EXPECT_THAT(failure_of(with_card(test::linear_model(kSide), attribute_card())),
              HasSubstr("one input and two outputs, found 1 and 1"));
  EXPECT_THAT(failure_of(with_card(two_headed_model(2, kAges - 1), attribute_card())),
              HasSubstr("its output [N,10] is not the card's [N,11], one value per age"));
  EXPECT_THAT(failure_of(with_card(two_headed_model(kAges, 2), attribute_card())),
              HasSubstr("its output [N,11] is not the card's [N,2], one value per label"));
  EXPECT_THAT(failure_of(with_card(test::linear_model(kSide), test::expression_card(kSide))),
              HasSubstr("names expressions and estimates no gender and age"));
  EXPECT_THAT(failure_of(two_headed_model().bytes()), HasSubstr("no card"));
}

TEST_F(AttributeModelFile, OutputsThatLieAboutTheirSizeAreRefused) {
  auto builder = two_headed_model(2, kAges - 1);
  builder.model()
      .mutable_graph()
      ->mutable_output(1)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(1)
      ->set_dim_value(kAges);
  EXPECT_THAT(failure_of(test::with_card(builder, attribute_card())), HasSubstr("[1,10]"));
}

TEST_F(AttributeModelFile, IsNoExpressionModel) {
  const auto path = write(test::with_card(two_headed_model(), attribute_card()));
  try {
    make_network(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("estimates gender and age and names no expressions"));
  }
}

}  // namespace
}  // namespace mien
