#include "mien/expression_smoother.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "mien/error.h"

namespace mien {
namespace {

constexpr double kFrame = 1 / 30.0;
constexpr int kLatest = 5;

Probabilities showing(Expression expression, float confidence = 0.9F) {
  Probabilities probabilities;
  probabilities.fill((1 - confidence) / (kExpressionCount - 1));
  probabilities.at(static_cast<std::size_t>(expression)) = confidence;
  return probabilities;
}

Face face_showing(const Probabilities& probabilities, int track = 1) {
  Face face;
  face.track = track;
  face.probabilities = probabilities;
  face.expression = most_probable(probabilities);
  face.confidence = *std::max_element(probabilities.begin(), probabilities.end());
  return face;
}

Face smoothed(ExpressionSmoother& smoother, const Probabilities& probabilities, double time) {
  std::vector<Face> faces = {face_showing(probabilities)};
  smoother.smooth(faces, time, 0.4);
  return faces[0];
}

Expression another(Expression expression, std::mt19937& random) {
  const auto step = 1 + random() % (kExpressionCount - 1);
  return static_cast<Expression>((static_cast<std::size_t>(expression) + step) % kExpressionCount);
}

float confident(std::mt19937& random) {
  return 0.5F + 0.45F * static_cast<float>(random() % 1000) / 1000;
}

struct Sequence {
  std::vector<Expression> truth;
  std::vector<Probabilities> frames;
};

/// Segments of 15 to 40 frames, and in each ten frames two that show something else.
Sequence made_sequence(std::mt19937& random) {
  Sequence sequence;
  auto expression = another(Expression::angry, random);
  for (int segment = 0; segment < 6; ++segment) {
    sequence.truth.insert(sequence.truth.end(), 15 + random() % 26, expression);
    expression = another(expression, random);
  }
  std::array<std::size_t, 2> wrong{};
  for (std::size_t i = 0; i < sequence.truth.size(); ++i) {
    if (i % 10 == 0) {
      wrong[0] = i + 1 + random() % 9;
      wrong[1] = i + 1 + (wrong[0] - i + random() % 8) % 9;
    }
    const bool is_wrong = i == wrong[0] || i == wrong[1];
    const auto shown = is_wrong ? another(sequence.truth[i], random) : sequence.truth[i];
    sequence.frames.push_back(showing(shown, confident(random)));
  }
  return sequence;
}

struct Judgement {
  int changes = 0;  ///< of the truth
  int late = 0;     ///< of these, not shown in time
  int wrong = 0;    ///< changes that are shown and that the truth does not have
};

Judgement judge(const Sequence& sequence, const SmoothingOptions& options) {
  ExpressionSmoother smoother(options);
  Judgement result;
  auto shown = sequence.truth[0];
  std::size_t changed = 0;
  bool follows = true;
  for (std::size_t i = 0; i < sequence.truth.size(); ++i) {
    if (i > 0 && sequence.truth[i] != sequence.truth[i - 1]) {
      ++result.changes;
      changed = i;
      follows = false;
    }
    const auto before = shown;
    shown = smoothed(smoother, sequence.frames[i], static_cast<double>(i) * kFrame).expression;
    if (shown == sequence.truth[i]) follows = true;
    if (!follows && i == changed + kLatest) ++result.late;
    if (shown != before && shown != sequence.truth[i]) ++result.wrong;
  }
  return result;
}

Judgement judge_many(const SmoothingOptions& options, std::uint32_t first_seed, int sequences) {
  Judgement all;
  for (int i = 0; i < sequences; ++i) {
    std::mt19937 random(first_seed + static_cast<std::uint32_t>(i));
    const auto one = judge(made_sequence(random), options);
    all.changes += one.changes;
    all.late += one.late;
    all.wrong += one.wrong;
  }
  return all;
}

TEST(ExpressionSmoother, ShowsAChangeWithinFiveFramesAndNothingElse) {
  const auto result = judge_many({}, 100, 200);
  EXPECT_EQ(result.changes, 1000);
  // Where most frames about a change are wrong, nothing can tell in time.
  EXPECT_LE(result.late, result.changes / 100);
  EXPECT_LE(result.wrong, result.changes / 100);
}

TEST(ExpressionSmoother, WithoutItTheLabelFlickers) {
  EXPECT_GT(judge_many({.kind = Smoothing::none}, 100, 20).wrong, 20);
}

TEST(ExpressionSmoother, EveryFifthFrameWrongChangesNothing) {
  for (const auto kind : {Smoothing::exponential, Smoothing::majority}) {
    ExpressionSmoother smoother({.kind = kind});
    for (int i = 0; i < 100; ++i) {
      const auto shown = i % 5 == 4 ? Expression::fear : Expression::happy;
      EXPECT_EQ(smoothed(smoother, showing(shown, 0.95F), i * kFrame).expression,
                Expression::happy);
    }
  }
}

TEST(ExpressionSmoother, ACleanChangeIsShownAfterThreeFramesOrSo) {
  ExpressionSmoother smoother;
  for (int i = 0; i < 30; ++i) smoothed(smoother, showing(Expression::sad), i * kFrame);
  int frames = 1;
  while (smoothed(smoother, showing(Expression::happy), (29 + frames) * kFrame).expression !=
         Expression::happy) {
    ++frames;
  }
  EXPECT_GE(frames, 3);
  EXPECT_LE(frames, kLatest);
}

TEST(ExpressionSmoother, WhatIsShownIsConsistent) {
  std::mt19937 random(5);
  const auto sequence = made_sequence(random);
  for (const auto kind : {Smoothing::exponential, Smoothing::majority}) {
    ExpressionSmoother smoother({.kind = kind});
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const auto face = smoothed(smoother, sequence.frames[i], static_cast<double>(i) * kFrame);
      const auto& p = face.probabilities;
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-5);
      EXPECT_FLOAT_EQ(face.confidence, p.at(static_cast<std::size_t>(face.expression)));
      EXPECT_EQ(face.uncertain, face.confidence < 0.4);
    }
  }
}

TEST(ExpressionSmoother, NoneLeavesFacesAsTheyAre) {
  ExpressionSmoother smoother({.kind = Smoothing::none});
  smoothed(smoother, showing(Expression::sad), 0);
  const auto face = smoothed(smoother, showing(Expression::happy, 0.8F), kFrame);
  EXPECT_EQ(face.probabilities, showing(Expression::happy, 0.8F));
  EXPECT_EQ(face.expression, Expression::happy);
}

TEST(ExpressionSmoother, TheMajorityIsOfTheWindow) {
  ExpressionSmoother smoother({.kind = Smoothing::majority, .window = 10});
  for (int i = 0; i < 20; ++i) smoothed(smoother, showing(Expression::sad), i * kFrame);
  for (int i = 20; i < 25; ++i) {
    EXPECT_EQ(smoothed(smoother, showing(Expression::fear), i * kFrame).expression,
              Expression::sad);
  }
  EXPECT_EQ(smoothed(smoother, showing(Expression::fear), 25 * kFrame).expression,
            Expression::fear);
}

TEST(ExpressionSmoother, TracksAreApartAndForgotten) {
  ExpressionSmoother smoother;
  for (int i = 0; i < 30; ++i) {
    std::vector<Face> faces = {face_showing(showing(Expression::sad), 1),
                               face_showing(showing(Expression::happy), 2)};
    smoother.smooth(faces, i * kFrame, 0.4);
    EXPECT_EQ(faces[0].expression, Expression::sad);
    EXPECT_EQ(faces[1].expression, Expression::happy);
  }
  EXPECT_EQ(smoothed(smoother, showing(Expression::fear), 1.1).expression, Expression::sad);
  EXPECT_EQ(smoothed(smoother, showing(Expression::fear), 9).expression, Expression::fear);
  smoother.reset();
  EXPECT_EQ(smoothed(smoother, showing(Expression::angry), 9.1).expression, Expression::angry);
}

TEST(ExpressionSmoother, FramesASecondApartStandForThemselves) {
  ExpressionSmoother smoother;
  for (int i = 0; i < 10; ++i) smoothed(smoother, showing(Expression::sad), i);
  EXPECT_EQ(smoothed(smoother, showing(Expression::happy), 10).expression, Expression::happy);
}

TEST(ExpressionSmoother, NamesAreThereAndBack) {
  for (const auto kind : {Smoothing::none, Smoothing::majority, Smoothing::exponential}) {
    EXPECT_EQ(smoothing_from_name(name(kind)), kind);
  }
  EXPECT_EQ(smoothing_from_name("much"), std::nullopt);
}

TEST(ExpressionSmoother, AWindowOutOfRangeIsAnError) {
  EXPECT_THROW(ExpressionSmoother({.window = 0}), Error);
  EXPECT_THROW(ExpressionSmoother({.window = 100000}), Error);
}

}  // namespace
}  // namespace mien
