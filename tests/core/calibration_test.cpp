#include "core/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <random>

#include "mien/error.h"

namespace mien {
namespace {

/// `confidence` for one expression, the rest shared by the others.
Probabilities sure_of(Expression expression, float confidence) {
  Probabilities probabilities{};
  probabilities.fill((1 - confidence) / (kExpressionCount - 1));
  probabilities[static_cast<std::size_t>(expression)] = confidence;
  return probabilities;
}

TEST(Calibration, FindsTheTemperatureOfOverconfidentLogits) {
  // Labels are drawn from softmax(logits); the logits are then made three times too large.
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 1.5F);
  std::vector<float> logits;
  std::vector<Expression> labels;
  for (int i = 0; i < 20000; ++i) {
    std::array<float, kExpressionCount> row{};
    for (auto& logit : row) logit = normal(random);
    const auto probabilities = softmax(row, 1.0);
    std::discrete_distribution<int> draw(probabilities.begin(), probabilities.end());
    labels.push_back(static_cast<Expression>(draw(random)));
    for (const auto logit : row) logits.push_back(3 * logit);
  }
  EXPECT_NEAR(fit_temperature(logits, labels), 3.0, 0.1);
}

TEST(Calibration, ATemperatureOfProbabilitiesIsThatOfTheirLogits) {
  const std::vector<float> logits = {0.5F, -1, 2, 0, 0.25F, -3, 1};
  const auto once = tempered(softmax(logits, 1), 2.5);
  const auto expected = softmax(logits, 2.5);
  for (std::size_t e = 0; e < kExpressionCount; ++e) EXPECT_NEAR(once[e], expected[e], 1e-6);
}

/// Of 100 happy faces one is taken for neutral; of 4 disgusted ones half are taken for angry, by a
/// little, as the model has seen few.
TEST(Balance, FindsMoreOfWhatIsRareWhereThatCostsNoAccuracy) {
  std::vector<float> logits;
  std::vector<Expression> labels;
  const auto add = [&](Expression truth, Expression first, Expression second, float lead) {
    std::array<float, kExpressionCount> row{};
    row[static_cast<std::size_t>(first)] = 5 + lead;
    row[static_cast<std::size_t>(second)] = 5;
    logits.insert(logits.end(), row.begin(), row.end());
    labels.push_back(truth);
  };
  for (int i = 0; i < 99; ++i) add(Expression::happy, Expression::happy, Expression::neutral, 4);
  add(Expression::happy, Expression::neutral, Expression::happy, 1);
  for (int i = 0; i < 20; ++i) add(Expression::angry, Expression::angry, Expression::disgust, 2);
  for (int i = 0; i < 2; ++i) add(Expression::disgust, Expression::disgust, Expression::sad, 1);
  for (int i = 0; i < 2; ++i)
    add(Expression::disgust, Expression::angry, Expression::disgust, 0.4F);
  const std::array<std::size_t, kExpressionCount> shares = {400, 40, 400, 700, 480, 300, 500};
  const auto balance = fit_balance(logits, labels, shares);
  EXPECT_NEAR(balance.strength, 0.2, 1e-9) << "0.4 / ln 10 is 0.17";
  EXPECT_NEAR(balance.offsets[1], -balance.strength * std::log(40.0 / 2820), 1e-9);
  const auto said = with_offsets(logits, balance.offsets);
  EXPECT_EQ(most_probable(said.back()), Expression::disgust);

  for (int i = 0; i < 9; ++i) add(Expression::angry, Expression::angry, Expression::disgust, 0.3F);
  EXPECT_EQ(fit_balance(logits, labels, shares).strength, 0) << "it would cost accuracy";
}

TEST(Calibration, WhatIsImpossibleStaysFinite) {
  const Probabilities certain = {0, 0, 0, 1, 0, 0, 0};
  const auto result = tempered(certain, 20);
  EXPECT_EQ(most_probable(result), Expression::happy);
  EXPECT_NEAR(std::accumulate(result.begin(), result.end(), 0.0), 1, 1e-6);
}

TEST(Calibration, TheMeanOfOpinions) {
  const std::vector<Probabilities> opinions = {{1, 0, 0, 0, 0, 0, 0}, {0, 0.5F, 0, 0, 0, 0, 0.5F}};
  EXPECT_EQ(mean_of(opinions), (Probabilities{0.5F, 0.25F, 0, 0, 0, 0, 0.25F}));
  EXPECT_THROW(mean_of({}), Error);
}

TEST(Coverage, KeepsTheFacesAboveEachThreshold) {
  const std::vector<Probabilities> said = {
      sure_of(Expression::happy, 0.905F), sure_of(Expression::sad, 0.605F),
      sure_of(Expression::happy, 0.405F), sure_of(Expression::fear, 0.405F)};
  const std::vector<Expression> labels = {Expression::happy, Expression::sad, Expression::angry,
                                          Expression::sad};
  const auto curve = coverage_curve(said, labels);
  ASSERT_EQ(curve.size(), 91U) << "no face is kept from 0.91 on";
  EXPECT_DOUBLE_EQ(curve[0].coverage, 1);
  EXPECT_DOUBLE_EQ(curve[0].accuracy, 0.5);
  EXPECT_DOUBLE_EQ(curve[40].threshold, 0.4);
  EXPECT_DOUBLE_EQ(curve[40].coverage, 1);
  EXPECT_DOUBLE_EQ(curve[41].coverage, 0.5);
  EXPECT_DOUBLE_EQ(curve[41].accuracy, 1);
  EXPECT_DOUBLE_EQ(curve[90].coverage, 0.25);
  EXPECT_THROW(coverage_curve(said, {}), Error);
}

TEST(Coverage, AFaceIsUncertainBelowTheSmallestThresholdThatIsRightOftenEnough) {
  const std::vector<Coverage> curve = {
      {0, 1, 0.6}, {0.01, 0.9, 0.79}, {0.02, 0.7, 0.8}, {0.03, 0.6, 0.7}, {0.04, 0.1, 1}};
  EXPECT_DOUBLE_EQ(uncertainty_threshold(curve), 0.02);
  EXPECT_DOUBLE_EQ(uncertainty_threshold(std::span(curve).first(2)), 1) << "always uncertain";
  EXPECT_DOUBLE_EQ(uncertainty_threshold(std::span(curve).last(1)), 0.04);
}

}  // namespace
}  // namespace mien
