#include "mien/expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

float sum(const Probabilities& probabilities) {
  return std::accumulate(probabilities.begin(), probabilities.end(), 0.0F);
}

TEST(Expression, OrderIsFer2013s) {
  const std::vector<std::string_view> expected = {"angry", "disgust",  "fear",   "happy",
                                                  "sad",   "surprise", "neutral"};
  std::vector<std::string_view> names;
  for (const auto expression : all_expressions()) names.push_back(name(expression));
  EXPECT_EQ(names, expected);
}

TEST(Expression, NamesAreReadBack) {
  for (const auto expression : all_expressions()) {
    EXPECT_EQ(expression_from_name(name(expression)), expression);
  }
}

TEST(Expression, OtherNamesAreNothing) {
  EXPECT_EQ(expression_from_name("Happy"), std::nullopt);
  EXPECT_EQ(expression_from_name("contempt"), std::nullopt);
  EXPECT_EQ(expression_from_name(""), std::nullopt);
}

TEST(MostProbable, IsTheLargest) {
  EXPECT_EQ(most_probable({0.1F, 0.0F, 0.1F, 0.6F, 0.1F, 0.05F, 0.05F}), Expression::happy);
  EXPECT_EQ(most_probable({0, 0, 0, 0, 0, 0, 1}), Expression::neutral);
}

TEST(MostProbable, IsTheFirstOfEquals) {
  EXPECT_EQ(most_probable({0, 0, 0.5F, 0, 0.5F, 0, 0}), Expression::fear);
}

TEST(Softmax, OfEqualLogitsIsUniform) {
  const std::vector<float> logits(kExpressionCount, 3.0F);
  for (const auto probability : softmax(logits, 1.0)) EXPECT_FLOAT_EQ(probability, 1.0F / 7);
}

TEST(Softmax, RatiosAreTheExponentialsOfTheDifferences) {
  const std::vector<float> logits = {0, 1, 2, 3, -1, -2, 0.5F};
  const auto probabilities = softmax(logits, 1.0);
  EXPECT_NEAR(sum(probabilities), 1.0, 1e-6);
  EXPECT_NEAR(probabilities[3] / probabilities[2], std::exp(1.0), 1e-4);
  EXPECT_NEAR(probabilities[0] / probabilities[5], std::exp(2.0), 1e-4);
}

TEST(Softmax, TemperatureFlattensWithoutChangingTheOrder) {
  const std::vector<float> logits = {0, 1, 2, 5, -1, -2, 0.5F};
  const auto sharp = softmax(logits, 1.0);
  const auto flat = softmax(logits, 3.0);
  EXPECT_LT(flat[3], sharp[3]);
  EXPECT_EQ(most_probable(flat), most_probable(sharp));
  EXPECT_NEAR(flat[3] / flat[2], std::exp(1.0), 1e-4);
}

TEST(Softmax, LargeLogitsDoNotOverflow) {
  const std::vector<float> logits = {1e30F, -1e30F, 0, 0, 0, 0, 0};
  const auto probabilities = softmax(logits, 0.01);
  EXPECT_FLOAT_EQ(probabilities[0], 1.0F);
  EXPECT_FLOAT_EQ(sum(probabilities), 1.0F);
}

TEST(Softmax, RefusesAWrongNumberOfLogitsAndAWrongTemperature) {
  const std::vector<float> six(6, 0.0F);
  const std::vector<float> seven(7, 0.0F);
  EXPECT_THROW(softmax(six, 1.0), Error);
  EXPECT_THROW(softmax(seven, 0.0), Error);
  EXPECT_THROW(softmax(seven, -1.0), Error);
  EXPECT_THROW(softmax(seven, std::nan("")), Error);
}

}  // namespace
}  // namespace mien
