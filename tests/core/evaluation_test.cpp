#include "core/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

/// All on one expression but for what is left to the others.
Probabilities sure_of(Expression expression, float confidence) {
  Probabilities probabilities{};
  probabilities.fill((1 - confidence) / (kExpressionCount - 1));
  probabilities[static_cast<std::size_t>(expression)] = confidence;
  return probabilities;
}

TEST(Evaluation, CountsByHand) {
  const std::vector<Expression> labels = {Expression::happy, Expression::happy, Expression::sad,
                                          Expression::fear};
  const std::vector<Probabilities> predictions = {
      sure_of(Expression::happy, 0.8F), sure_of(Expression::sad, 0.8F),
      sure_of(Expression::sad, 0.8F), sure_of(Expression::happy, 0.8F)};
  const auto result = evaluate(predictions, labels);
  EXPECT_EQ(result.n, 4U);
  EXPECT_DOUBLE_EQ(result.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(result.balanced_accuracy, (0.5 + 1.0 + 0.0) / 3);
  const auto& happy = result.per_class[static_cast<std::size_t>(Expression::happy)];
  EXPECT_DOUBLE_EQ(happy.precision, 0.5);
  EXPECT_DOUBLE_EQ(happy.recall, 0.5);
  EXPECT_DOUBLE_EQ(happy.f1, 0.5);
  EXPECT_EQ(happy.support, 2U);
  EXPECT_DOUBLE_EQ(result.macro_f1, (0.5 + 2.0 / 3 + 0.0) / 3);
  EXPECT_EQ(result.confusion[3][4], 1U);  // a happy face called sad
  EXPECT_EQ(result.confusion[4][3], 0U);
  EXPECT_NEAR(result.nll, -(2 * std::log(0.8) + 2 * std::log(0.2 / 6)) / 4, 1e-6);
}

TEST(Evaluation, CalibrationErrorIsTheGapBetweenConfidenceAndAccuracy) {
  const std::vector<Expression> labels(10, Expression::angry);
  std::vector<Probabilities> predictions(7, sure_of(Expression::angry, 0.9F));
  predictions.resize(10, sure_of(Expression::fear, 0.9F));
  EXPECT_NEAR(evaluate(predictions, labels).ece, 0.2, 1e-6);  // sure to 0.9, right in 0.7
  predictions.assign(10, sure_of(Expression::angry, 1.0F));
  EXPECT_NEAR(evaluate(predictions, labels).ece, 0.0, 1e-6);
}

TEST(Evaluation, ACertainMistakeHasAFiniteLikelihood) {
  const std::vector<Expression> labels = {Expression::sad};
  const std::vector<Probabilities> predictions = {sure_of(Expression::happy, 1.0F)};
  EXPECT_TRUE(std::isfinite(evaluate(predictions, labels).nll));
}

TEST(Evaluation, OtherClassesThanExpressions) {
  const std::vector<float> predictions = {0.7F, 0.3F, 0.4F, 0.6F, 0.9F, 0.1F};
  const std::vector<std::size_t> labels = {0, 1, 1};
  const auto result = evaluate(predictions, 2, labels);
  EXPECT_EQ(result.n, 3U);
  EXPECT_DOUBLE_EQ(result.accuracy, 2.0 / 3);
  EXPECT_EQ(result.confusion, (std::vector<std::vector<std::size_t>>{{1, 0}, {1, 1}}));
  EXPECT_EQ(result.per_class.size(), 2U);
  EXPECT_THROW(evaluate(predictions, 2, std::vector<std::size_t>{0, 1, 2}), Error);
}

TEST(Evaluation, ReliabilityHasFifteenBinsOfEqualWidth) {
  const std::vector<Expression> labels = {Expression::sad, Expression::sad, Expression::happy};
  const std::vector<Probabilities> predictions = {sure_of(Expression::sad, 0.9F),
                                                  sure_of(Expression::happy, 0.92F),
                                                  sure_of(Expression::happy, 1.0F)};
  const auto bins = reliability(predictions, labels);
  ASSERT_EQ(bins.size(), 15U);
  EXPECT_EQ(bins[13].n, 2U) << "from 13/15 to 14/15";
  EXPECT_NEAR(bins[13].confidence, 0.91, 1e-6);
  EXPECT_DOUBLE_EQ(bins[13].accuracy, 0.5);
  EXPECT_EQ(bins[14].n, 1U);
  EXPECT_EQ(bins[0].n, 0U);
  // Of three faces, two are off by 0.41 and one by nothing.
  EXPECT_NEAR(evaluate(predictions, labels).ece, 2 * 0.41 / 3, 1e-6);
}

TEST(Evaluation, NeedsOnePredictionForEachLabel) {
  const std::vector<Expression> labels = {Expression::sad};
  EXPECT_THROW(evaluate({}, labels), Error);
  EXPECT_THROW(evaluate({}, {}), Error);
}

}  // namespace
}  // namespace mien
