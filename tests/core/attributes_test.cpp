#include "mien/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/attribute_evaluation.h"
#include "mien/error.h"

namespace mien {
namespace {

TEST(Attributes, TheMoreProbableGenderIsSaid) {
  EXPECT_EQ(gender_estimate(0.75F).label, Gender::female);
  EXPECT_FLOAT_EQ(gender_estimate(0.75F).confidence, 0.75F);
  EXPECT_EQ(gender_estimate(0.25F).label, Gender::male);
  EXPECT_FLOAT_EQ(gender_estimate(0.25F).confidence, 0.75F);
  for (const float female : {0.0F, 0.3F, 0.5F, 0.9F, 1.0F}) {
    EXPECT_FLOAT_EQ(female_share(gender_estimate(female)), female);
  }
}

TEST(Attributes, GendersHaveNames) {
  EXPECT_EQ(gender_from_name("male"), Gender::male);
  EXPECT_EQ(gender_from_name("female"), Gender::female);
  EXPECT_FALSE(gender_from_name("Female"));
}

TEST(AttributeEvaluation, AgesAreGroupedByDecadesUpTo70) {
  EXPECT_EQ(age_group(0), "0-9");
  EXPECT_EQ(age_group(9.9), "0-9");
  EXPECT_EQ(age_group(10), "10-19");
  EXPECT_EQ(age_group(69), "60-69");
  EXPECT_EQ(age_group(70), "70+");
  EXPECT_EQ(age_group(116), "70+");
}

/// `count` faces of a group, of which `right` get their gender, and all are said `off` years older.
void add(std::vector<AttributeAnswer>& answers, const std::string& race, int count, int right,
         double off) {
  for (int i = 0; i < count; ++i) {
    answers.push_back({Gender::female, 30, i < right ? 0.9F : 0.1F, 30 + off, {{"race", race}}});
  }
}

TEST(AttributeEvaluation, MeasuresAllAndEachGroup) {
  std::vector<AttributeAnswer> answers;
  add(answers, "asian", 40, 36, -2);
  add(answers, "black", 60, 45, 4);
  const auto evaluation = evaluate_attributes(answers);
  EXPECT_EQ(evaluation.all.faces, 100U);
  EXPECT_DOUBLE_EQ(evaluation.all.gender_accuracy, 0.81);
  EXPECT_DOUBLE_EQ(evaluation.all.age_error, 0.4 * 2 + 0.6 * 4);
  EXPECT_DOUBLE_EQ(evaluation.all.age_bias, -0.4 * 2 + 0.6 * 4);
  const auto& races = evaluation.groups.at("race");
  ASSERT_EQ(races.size(), 2U);
  EXPECT_EQ(races[0].name, "asian");
  EXPECT_DOUBLE_EQ(races[0].scores.gender_accuracy, 0.9);
  EXPECT_DOUBLE_EQ(races[1].scores.age_bias, 4);
}

TEST(AttributeEvaluation, TheLargestGapIsBetweenLargeGroupsOfOneKind) {
  std::vector<AttributeAnswer> answers;
  add(answers, "asian", 40, 36, 1);
  add(answers, "black", 40, 20, 5);
  add(answers, "other", static_cast<int>(kFewestFaces) - 1, 0, 30);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    answers[i].groups["gender"] = i % 2 == 0 ? "even" : "odd";
  }
  const auto gaps = evaluate_attributes(answers).gaps;
  ASSERT_TRUE(gaps.gender_accuracy && gaps.age_error);
  EXPECT_EQ(gaps.gender_accuracy->kind, "race");
  EXPECT_EQ(gaps.gender_accuracy->best, "asian");
  EXPECT_EQ(gaps.gender_accuracy->worst, "black");
  EXPECT_DOUBLE_EQ(gaps.gender_accuracy->size(), 0.4);
  EXPECT_EQ(gaps.age_error->best, "asian");
  EXPECT_EQ(gaps.age_error->worst, "black");
  EXPECT_DOUBLE_EQ(gaps.age_error->size(), 4);
}

TEST(AttributeEvaluation, OneGroupHasNoGap) {
  std::vector<AttributeAnswer> answers;
  add(answers, "asian", 40, 36, 1);
  const auto evaluation = evaluate_attributes(answers);
  EXPECT_FALSE(evaluation.gaps.gender_accuracy);
  EXPECT_FALSE(evaluation.gaps.age_error);
  EXPECT_THROW(evaluate_attributes({}), Error);
}

}  // namespace
}  // namespace mien
