#include "vision/attribute_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/analyzer.h"

namespace mien {
namespace {

constexpr double kFrame = 1 / 30.0;

ModelCard attribute_card() {
  ModelCard card;
  card.task = kAttributesTask;
  card.labels = {"male", "female"};
  card.ages = {0, 100};
  card.input.width = card.input.height = 8;
  return card;
}

/// Says one age for sure, and that gender.
class ToldNetwork final : public Network {
 public:
  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> values;
    for (std::size_t i = 0; i < faces.size(); i += 64) {
      ++read;
      values.push_back(0);
      values.push_back(female ? 20.0F : -20.0F);
      for (int year = 0; year <= 100; ++year) values.push_back(year == age ? 50.0F : 0.0F);
    }
    return values;
  }

  int read = 0;
  bool female = true;
  int age = 30;

 private:
  ModelCard card_ = attribute_card();
};

class AttributeReaderTest : public testing::Test {
 protected:
  void read(AttributeReader& reader, int frames) {
    for (int i = 0; i < frames; ++i) {
      reader.read(estimator_, picture_.view(), tracked_, time_ += kFrame, shown_);
    }
  }

  Image picture_{64, 48, PixelFormat::bgr};
  std::vector<TrackedFace> tracked_ = {{.track = 4, .face = {{10, 10, 20, 20}, 0.9F, {}}}};
  std::unique_ptr<ToldNetwork> owned_ = std::make_unique<ToldNetwork>();
  ToldNetwork* network_ = owned_.get();
  AttributeEstimator estimator_{{std::move(owned_), {true, true}}};
  std::vector<Face> shown_{1};
  double time_ = 100;
};

TEST_F(AttributeReaderTest, ShowsTheMeanOfWhatWasSaid) {
  AttributeReader reader;
  read(reader, 3);
  network_->age = 60;
  network_->female = false;
  read(reader, 1);
  EXPECT_NEAR(*shown_[0].attributes->age, 37.5, 0.01);
  EXPECT_EQ(shown_[0].attributes->gender->label, Gender::female);
  EXPECT_NEAR(shown_[0].attributes->gender->confidence, 0.75, 0.01);
}

TEST_F(AttributeReaderTest, LooksOftenAtFirstAndSeldomLater) {
  AttributeReader reader;
  read(reader, 6);
  EXPECT_EQ(network_->read, 6);
  read(reader, 60);
  EXPECT_LE(network_->read, 10);
  EXPECT_GE(network_->read, 9);
}

TEST_F(AttributeReaderTest, EachTrackHasItsOwn) {
  AttributeReader reader;
  read(reader, 2);
  network_->age = 70;
  tracked_ = {{.track = 5, .face = tracked_[0].face}};
  read(reader, 1);
  EXPECT_NEAR(*shown_[0].attributes->age, 70, 0.01);
}

TEST_F(AttributeReaderTest, WhoWasAwayIsLookedAtAnew) {
  AttributeReader reader;
  read(reader, 2);
  network_->age = 70;
  time_ += 3;
  read(reader, 1);
  EXPECT_NEAR(*shown_[0].attributes->age, 70, 0.01);
}

TEST_F(AttributeReaderTest, WithoutSmoothingEachFrameStandsForItself) {
  AttributeReader reader({.smoothing = {.kind = Smoothing::none}});
  read(reader, 20);
  EXPECT_EQ(network_->read, 20);
  network_->age = 70;
  read(reader, 1);
  EXPECT_NEAR(*shown_[0].attributes->age, 70, 0.01);
}

ModelCard expression_card() {
  ModelCard card;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input.width = card.input.height = 8;
  return card;
}

TEST(AnalyzerAttributes, AreThereWhenAskedForAndElseNot) {
  const Image picture(64, 48, PixelFormat::bgr);
  const std::vector<DetectedFace> faces = {{{10, 10, 20, 20}, 0.9F, {}}};
  Analyzer without(make_fake_face_detector(faces), make_fake_network(expression_card()));
  EXPECT_FALSE(without.analyze(picture.view(), "").faces.at(0).attributes);
  Analyzer with(make_fake_face_detector(faces), make_fake_network(expression_card()), {},
                {std::make_unique<ToldNetwork>(), {.age = true}});
  const auto result = with.analyze(picture.view(), "");
  ASSERT_TRUE(result.faces.at(0).attributes);
  EXPECT_NEAR(*result.faces[0].attributes->age, 30, 0.01);
  EXPECT_FALSE(result.faces[0].attributes->gender);
}

}  // namespace
}  // namespace mien
