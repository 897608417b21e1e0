#include "core/group_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// Faces of happiness in groups; a model that is right about the first so many of each.
struct Faces {
  void add(std::size_t count, std::size_t right, const std::map<std::string, std::string>& told) {
    for (std::size_t i = 0; i < count; ++i) {
      Probabilities said{};
      said[static_cast<std::size_t>(i < right ? Expression::happy : Expression::sad)] = 1;
      predictions.push_back(said);
      labels.push_back(Expression::happy);
      groups.push_back(told);
    }
  }

  GroupEvaluation by(const std::vector<std::string>& kinds) const {
    return evaluate_groups(predictions, labels, groups, kinds);
  }

  std::vector<Probabilities> predictions;
  std::vector<Expression> labels;
  std::vector<std::map<std::string, std::string>> groups;
};

TEST(GroupEvaluation, MeasuresEachGroup) {
  Faces faces;
  faces.add(40, 30, {{"gender", "female"}});
  faces.add(50, 20, {{"gender", "male"}});
  faces.add(10, 10, {});
  const auto result = faces.by({"gender"});
  ASSERT_EQ(result.kinds.size(), 1U);
  const auto& [kind, scores] = result.kinds[0];
  EXPECT_EQ(kind, "gender");
  ASSERT_EQ(scores.size(), 3U);
  EXPECT_EQ(scores[0].name, kNotTold);
  EXPECT_EQ(scores[1].name, "female");
  EXPECT_EQ(scores[1].n, 40U);
  EXPECT_DOUBLE_EQ(scores[1].accuracy, 0.75);
  EXPECT_DOUBLE_EQ(scores[1].macro_f1, 2 * 0.75 / 1.75);
  EXPECT_DOUBLE_EQ(scores[2].accuracy, 0.4);
}

TEST(GroupEvaluation, NamesTheLargestGapOfGroupsThatAreLargeEnough) {
  Faces faces;
  faces.add(30, 27, {{"gender", "female"}, {"age", "20-29"}});
  faces.add(30, 24, {{"gender", "male"}, {"age", "30-39"}});
  faces.add(29, 0, {{"gender", "male"}, {"age", "70+"}});
  faces.add(40, 0, {});
  const auto result = faces.by({"age", "gender"});
  ASSERT_TRUE(result.largest_gap);
  EXPECT_EQ(result.largest_gap->kind, "gender");
  EXPECT_EQ(result.largest_gap->best, "female");
  EXPECT_EQ(result.largest_gap->worst, "male");
  EXPECT_NEAR(result.largest_gap->accuracy, 0.9 - 24.0 / 59, 1e-12);
  EXPECT_NEAR(faces.by({"age"}).largest_gap->accuracy, 0.1, 1e-12);
}

TEST(GroupEvaluation, OfFewFacesThereIsNoGap) {
  Faces faces;
  faces.add(29, 29, {{"gender", "female"}});
  faces.add(100, 0, {{"gender", "male"}});
  EXPECT_FALSE(faces.by({"gender"}).largest_gap);
}

TEST(GroupEvaluation, RefusesWhatTheDataDoesNotTell) {
  Faces faces;
  faces.add(2, 1, {{"gender", "female"}, {"angle", "straight"}});
  try {
    faces.by({"gender", "race"});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("groups by race: the data tells only angle, gender"));
  }
}

}  // namespace
}  // namespace mien
