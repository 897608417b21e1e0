#include "mien/expression_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/error.h"

namespace mien {
namespace {

constexpr double kFrame = 1 / 30.0;

ModelCard some_card() {
  ModelCard card;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input.width = card.input.height = 8;
  return card;
}

/// What it says is set by the test.
class ToldNetwork final : public Network {
 public:
  ToldNetwork() : card_(some_card()) {}
  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    const auto count =
        faces.size() / static_cast<std::size_t>(card_.input.width * card_.input.height);
    read += count;
    std::vector<float> logits;
    for (std::size_t i = 0; i < count; ++i) {
      for (const auto expression : all_expressions()) {
        logits.push_back(expression == shows ? sureness : 0);
      }
    }
    return logits;
  }

  std::size_t read = 0;
  Expression shows = Expression::happy;
  float sureness = 5;

 private:
  ModelCard card_;
};

class ExpressionReaderTest : public testing::Test {
 protected:
  /// Reads the next frames, a face in each, and returns how often it was read by the model.
  std::size_t read(int frames, ExpressionReader& reader) {
    const auto before = network_->read;
    for (int i = 0; i < frames; ++i) {
      faces_ = reader.read(classifier_, picture_.view(), tracked_, time_ += kFrame);
    }
    return network_->read - before;
  }

  Image picture_{64, 48, PixelFormat::bgr};
  std::vector<TrackedFace> tracked_ = {{.track = 4, .face = {{10, 10, 20, 20}, 0.9F, {}}}};
  std::unique_ptr<ToldNetwork> owned_ = std::make_unique<ToldNetwork>();
  ToldNetwork* network_ = owned_.get();
  ExpressionClassifier classifier_{std::move(owned_)};
  std::vector<Face> faces_;
  double time_ = 100;
};

TEST_F(ExpressionReaderTest, ANewFaceIsReadInEachFrame) {
  ExpressionReader reader;
  EXPECT_EQ(read(6, reader), 6U);
}

TEST_F(ExpressionReaderTest, AFaceWhoseExpressionStaysIsReadLess) {
  ExpressionReader reader;
  read(10, reader);
  EXPECT_EQ(read(300, reader), 50U);
  EXPECT_EQ(faces_.at(0).expression, Expression::happy);
  EXPECT_EQ(faces_.at(0).track, 4);
}

TEST_F(ExpressionReaderTest, ItsPlaceIsThatOfEachFrame) {
  ExpressionReader reader;
  read(10, reader);
  for (int x = 11; x < 20; ++x) {
    tracked_[0].face.box.x = x;
    tracked_[0].face.score = 0.01F * static_cast<float>(x);
    read(1, reader);
    EXPECT_EQ(faces_.at(0).box.x, x);
    EXPECT_FLOAT_EQ(faces_.at(0).score, 0.01F * static_cast<float>(x));
  }
}

TEST_F(ExpressionReaderTest, AChangeIsSeenSoonAndReadInEachFrame) {
  for (int phase = 0; phase < 6; ++phase) {
    ExpressionReader reader;
    read(60 + phase, reader);
    network_->shows = Expression::surprise;
    int frames = 0;
    while (faces_.at(0).expression != Expression::surprise && frames < 100) {
      read(1, reader);
      ++frames;
    }
    EXPECT_LE(frames, 6 + 4);  // till the next reading, and what the smoothing takes
    network_->shows = Expression::happy;
  }
}

TEST_F(ExpressionReaderTest, AFaceThatGetsLessSureIsReadInEachFrame) {
  ExpressionReader reader;
  read(60, reader);
  network_->sureness = 2;
  EXPECT_GE(read(7, reader), 3U);  // else once or twice
}

TEST_F(ExpressionReaderTest, OnRequestAllIsRead) {
  ExpressionReader reader({.steady_readings_per_second = 0});
  EXPECT_EQ(read(100, reader), 100U);
}

TEST_F(ExpressionReaderTest, WhatIsNotSmoothedIsAllRead) {
  ExpressionReader reader({.smoothing = {.kind = Smoothing::none}});
  EXPECT_EQ(read(100, reader), 100U);
}

TEST_F(ExpressionReaderTest, FewFramesASecondAreAllRead) {
  ExpressionReader reader;
  const auto before = network_->read;
  for (int i = 0; i < 50; ++i) reader.read(classifier_, picture_.view(), tracked_, time_ += 0.2);
  EXPECT_EQ(network_->read - before, 50U);
}

TEST_F(ExpressionReaderTest, EachTrackHasItsOwn) {
  ExpressionReader reader;
  read(20, reader);
  tracked_.push_back({.track = 5, .face = {{40, 10, 20, 20}, 0.9F, {}}});
  EXPECT_EQ(read(6, reader), 6U + 1U);
  ASSERT_EQ(faces_.size(), 2U);
  EXPECT_EQ(faces_[1].track, 5);
}

TEST_F(ExpressionReaderTest, AClockThatJumpsBackReads) {
  ExpressionReader reader;
  read(20, reader);
  time_ -= 1;
  EXPECT_EQ(read(1, reader), 1U);
}

TEST(ExpressionReader, RefusesOptionsOutOfRange) {
  for (const double rate : {-1.0, 0.5, std::nan("")}) {
    EXPECT_THROW(ExpressionReader({.steady_readings_per_second = rate}), Error) << rate;
  }
}

}  // namespace
}  // namespace mien
