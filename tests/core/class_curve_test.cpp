#include "core/class_curve.h"

#include <gtest/gtest.h>

#include "mien/error.h"

namespace mien {
namespace {

Probabilities happy_to(float probability) {
  Probabilities probabilities{};
  probabilities[static_cast<std::size_t>(Expression::happy)] = probability;
  probabilities[static_cast<std::size_t>(Expression::sad)] = 1 - probability;
  return probabilities;
}

TEST(ClassCurve, FollowsTheThresholdDown) {
  const std::vector<Probabilities> said = {happy_to(0.2F), happy_to(0.9F), happy_to(0.6F),
                                           happy_to(0.8F)};
  const std::vector<Expression> labels = {Expression::happy, Expression::happy, Expression::happy,
                                          Expression::sad};
  const auto curve = class_curve(said, labels, Expression::happy);
  ASSERT_EQ(curve.points.size(), 4U);
  EXPECT_DOUBLE_EQ(curve.points[0].recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(curve.points[0].precision, 1);
  EXPECT_DOUBLE_EQ(curve.points[1].recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(curve.points[1].precision, 0.5);
  EXPECT_DOUBLE_EQ(curve.points[3].recall, 1);
  EXPECT_DOUBLE_EQ(curve.points[3].precision, 0.75);
  EXPECT_NEAR(curve.average_precision, (1 + 2.0 / 3 + 0.75) / 3, 1e-12);
}

TEST(ClassCurve, NoThresholdTellsEqualsApart) {
  const std::vector<Probabilities> said(4, happy_to(0.5F));
  const std::vector<Expression> labels = {Expression::happy, Expression::sad, Expression::sad,
                                          Expression::sad};
  const auto curve = class_curve(said, labels, Expression::happy);
  ASSERT_EQ(curve.points.size(), 1U);
  EXPECT_DOUBLE_EQ(curve.average_precision, 0.25);
}

TEST(ClassCurve, IsEmptyWithoutSuchAFace) {
  const std::vector<Probabilities> said = {happy_to(0.5F)};
  const std::vector<Expression> labels = {Expression::sad};
  EXPECT_TRUE(class_curve(said, labels, Expression::happy).points.empty());
  EXPECT_THROW(class_curve(said, {}, Expression::happy), Error);
}

}  // namespace
}  // namespace mien
