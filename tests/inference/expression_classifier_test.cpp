#include "mien/expression_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "core/calibration.h"
#include "core/face_views.h"
#include "mien/error.h"
#include "mien/face_crop.h"
#include "test_models.h"

namespace mien {
namespace {

/// Always gives the same logits, in the order of the card's labels.
class FixedNetwork final : public Network {
 public:
  FixedNetwork(ModelCard card, std::vector<float> logits)
      : card_(std::move(card)), logits_(std::move(logits)) {}
  const ModelCard& card() const override { return card_; }
  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> all;
    for (std::size_t i = 0; i < faces.size() / 64; ++i) {
      all.insert(all.end(), logits_.begin(), logits_.end());
    }
    return all;
  }

 private:
  ModelCard card_;
  std::vector<float> logits_;
};

Image noise(int width, int height, PixelFormat format) {
  Image image(width, height, format);
  std::mt19937 random(1);
  for (auto& pixel : image.pixels()) pixel = static_cast<std::uint8_t>(random());
  return image;
}

Face classify_one(std::unique_ptr<Network> network) {
  ExpressionClassifier classifier(std::move(network));
  const auto picture = noise(40, 30, PixelFormat::bgr);
  const DetectedFace face{{5, 5, 20, 20}, 0.75F, std::nullopt};
  return classifier.classify(picture.view(), {&face, 1}).at(0);
}

TEST(ExpressionClassifier, FillsInTheFace) {
  const auto face = classify_one(std::make_unique<FixedNetwork>(
      test::expression_card(8), std::vector<float>{0, 0, 0, 3, 0, 0, 0}));
  EXPECT_EQ(face.track, 0);
  EXPECT_EQ(face.box, (Box{5, 5, 20, 20}));
  EXPECT_FLOAT_EQ(face.score, 0.75F);
  EXPECT_EQ(face.expression, Expression::happy);
  EXPECT_NEAR(face.confidence, 0.77F, 0.01);
  EXPECT_FALSE(face.uncertain);
  EXPECT_NEAR(std::accumulate(face.probabilities.begin(), face.probabilities.end(), 0.0), 1, 1e-5);
}

TEST(ExpressionClassifier, TheCardsTemperatureAndThresholdHold) {
  auto card = test::expression_card(8);
  card.temperature = 3;
  card.uncertain_below = 0.5;
  const auto face =
      classify_one(std::make_unique<FixedNetwork>(card, std::vector<float>{0, 0, 0, 3, 0, 0, 0}));
  EXPECT_NEAR(face.confidence, 0.312F, 0.001);
  EXPECT_TRUE(face.uncertain);
}

TEST(ExpressionClassifier, TheCardsOffsetsAreAddedToTheLogits) {
  auto card = test::expression_card(8);
  std::reverse(card.labels.begin(), card.labels.end());
  card.temperature = 2;
  card.logit_offsets = {0, 0, 0, 0, 0, 1.5, 0};  // disgust, of labels in reverse
  const auto face =
      classify_one(std::make_unique<FixedNetwork>(card, std::vector<float>{0, 0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(face.expression, Expression::disgust);
  EXPECT_EQ(face.probabilities, softmax(std::vector<float>{0, 1.5F, 0, 1, 0, 0, 0}, 2));
}

TEST(ExpressionClassifier, LabelsMayStandInAnotherOrder) {
  auto card = test::expression_card(8);
  std::reverse(card.labels.begin(), card.labels.end());
  const auto face =
      classify_one(std::make_unique<FixedNetwork>(card, std::vector<float>{0, 0, 0, 0, 9, 0, 0}));
  EXPECT_EQ(face.expression, Expression::fear);
}

TEST(ExpressionClassifier, LabelsMustBeTheSevenExpressions) {
  auto card = test::expression_card(8);
  card.labels[3] = "contempt";
  EXPECT_THROW(ExpressionClassifier(make_fake_network(card)), Error);
  card = test::expression_card(8);
  card.labels.emplace_back("contempt");
  EXPECT_THROW(ExpressionClassifier(make_fake_network(card)), Error);
}

TEST(ExpressionClassifier, PreparesFacesAsTrainingDoes) {
  auto card = test::expression_card(16);
  card.input.margin = 1.2;
  card.input.contrast = Contrast::equalise;
  const auto picture = noise(60, 60, PixelFormat::gray);
  const Box box{10, 20, 30, 30};
  const FaceFraming framing{.margin = 1.1, .shift_down = 0.1};
  const auto crop = crop_face(picture.view(), upright_crop(box, framing, card.input), 16, 16);
  std::vector<float> input(16 * 16);
  prepare_input(crop.pixels(), card.input, input);
  const auto expected = softmax(make_fake_network(card)->run(input), 1);

  ExpressionClassifier classifier(make_fake_network(card), {.framing = framing});
  const DetectedFace face{box, 1, std::nullopt};
  EXPECT_EQ(classifier.classify(picture.view(), {&face, 1}).at(0).probabilities, expected);
}

TEST(ExpressionClassifier, StraightensATiltedHeadUnlessToldNotTo) {
  const auto card = test::expression_card(16);
  const auto picture = noise(60, 60, PixelFormat::gray);
  const Box box{10, 10, 40, 40};
  // By 90 degrees clockwise.
  const DetectedFace face{box, 1, Landmarks{{{34, 22}, {34, 38}, {26, 30}, {18, 24}, {18, 36}}}};
  const auto probabilities = [&](const FaceCrop& part) {
    std::vector<float> input(16 * 16);
    prepare_input(crop_face(picture.view(), part, 16, 16).pixels(), card.input, input);
    return softmax(make_fake_network(card)->run(input), 1);
  };
  const auto classified = [&](const CropOptions& options) {
    return ExpressionClassifier(make_fake_network(card), options)
        .classify(picture.view(), {&face, 1})
        .at(0)
        .probabilities;
  };
  const auto straight = straightened_crop(face, {}, card.input);
  EXPECT_NEAR(straight.roll, 1.57, 0.01);
  EXPECT_EQ(classified({}), probabilities(straight));
  EXPECT_EQ(classified({.straighten = false}), probabilities(upright_crop(box, {}, card.input)));
  EXPECT_NE(classified({}), classified({.straighten = false}));
}

TEST(ExpressionClassifier, ASecondOutputSaysHowPeopleWouldVote) {
  auto card = test::expression_card(8);
  card.vote_labels = {"neutral", "contempt"};
  // Seven logits, then two.
  const std::vector<float> said = {0, 0, 0, 3, 0, 0, 0, 0, std::log(3.0F)};
  const auto crop = noise(8, 8, PixelFormat::gray);
  const std::vector<ImageView> crops = {crop.view(), crop.view()};
  ExpressionClassifier classifier(std::make_unique<FixedNetwork>(card, said));
  EXPECT_EQ(most_probable(classifier.classify_crops(crops).at(1)), Expression::happy);
  const auto votes = classifier.classify_votes(crops);
  ASSERT_EQ(votes.size(), 2U);
  EXPECT_NEAR(votes[1][0], 0.25, 1e-6);
  EXPECT_NEAR(votes[1][1], 0.75, 1e-6);

  ExpressionClassifier without(make_fake_network(test::expression_card(8)));
  EXPECT_THROW(without.classify_votes(crops), Error);
}

TEST(ExpressionClassifier, CropsAreFer2013sFramesOfFaces) {
  const auto crop = noise(16, 16, PixelFormat::gray);
  const auto larger = noise(99, 99, PixelFormat::gray);
  const std::vector<ImageView> crops = {crop.view(), larger.view()};
  for (const double margin : {1.0, 0.5}) {
    auto card = test::expression_card(16);
    card.input.margin = margin;
    std::vector<float> input(16 * 16);
    const auto seen = crop_face(crop.view(), {8, 8, 16 * margin, 0}, 16, 16);
    prepare_input(seen.pixels(), card.input, input);
    const auto expected = softmax(make_fake_network(card)->run(input), 1);

    const auto probabilities = ExpressionClassifier(make_fake_network(card)).classify_crops(crops);
    ASSERT_EQ(probabilities.size(), 2U);
    EXPECT_EQ(probabilities[0], expected) << margin;
  }
}

TEST(ExpressionClassifier, AugmentationIsTheMeanOfItsViews) {
  const auto card = test::expression_card(16);
  const auto picture = noise(60, 60, PixelFormat::gray);
  const DetectedFace face{{10, 20, 30, 30}, 1, std::nullopt};
  for (const auto augmentation : {TestTimeAugmentation::flip, TestTimeAugmentation::ten_crop}) {
    std::vector<Probabilities> opinions;
    for (const auto& view : views_of(upright_crop(face.box, {}, card.input), augmentation)) {
      std::vector<float> input(16 * 16);
      prepare_input(view_face(picture.view(), view, 16, 16).pixels(), card.input, input);
      opinions.push_back(softmax(make_fake_network(card)->run(input), 1));
    }
    ExpressionClassifier classifier(make_fake_network(card), {.augmentation = augmentation});
    EXPECT_EQ(classifier.classify(picture.view(), {&face, 1}).at(0).probabilities,
              mean_of(opinions))
        << name(augmentation);
  }
}

}  // namespace
}  // namespace mien
