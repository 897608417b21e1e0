// When a class's mood has changed for long.
#include "history/class_mood.h"

#include <gmock/gmock.h>

#include "made_history.h"

namespace mien {
namespace {

/// Everybody is at ease for a minute; then `moved` of `members` show `to`.
ClassMood class_of(int members, int moved, Expression to, long long seconds) {
  ClassMood mood;
  for (int member = 1; member <= members; ++member) {
    for (long long second = 0; second < 60 + seconds; ++second) {
      const auto before = member % 2 == 0 ? Expression::neutral : Expression::happy;
      mood.add(some_second(member, second, second >= 60 && member <= moved ? to : before));
    }
  }
  return mood;
}

TEST(ClassMood, MoreThanAThirdForHalfAMinuteIsAChange) {
  const auto change = class_of(9, 4, Expression::sad, 30).change(90);
  ASSERT_TRUE(change.has_value());
  EXPECT_NEAR(change->share, 4.0 / 9, 1e-9);
  EXPECT_EQ(change->since, 60);
}

TEST(ClassMood, EachOfTheFourExpressionsCounts) {
  for (const auto to :
       {Expression::sad, Expression::angry, Expression::fear, Expression::surprise}) {
    EXPECT_TRUE(class_of(6, 3, to, 30).change(90).has_value()) << name(to);
  }
  for (const auto to : {Expression::happy, Expression::neutral, Expression::disgust}) {
    EXPECT_FALSE(class_of(6, 3, to, 30).change(90).has_value()) << name(to);
  }
}

TEST(ClassMood, AThirdIsNotEnough) {
  EXPECT_FALSE(class_of(9, 3, Expression::sad, 30).change(90).has_value());
}

TEST(ClassMood, AShorterTimeIsNone) {
  EXPECT_FALSE(class_of(9, 9, Expression::sad, 26).change(86).has_value());
  EXPECT_FALSE(class_of(9, 9, Expression::sad, 20).change(80).has_value());
}

TEST(ClassMood, OfFewerThanFiveNothingIsSaid) {
  EXPECT_FALSE(class_of(4, 4, Expression::sad, 30).change(90).has_value());
  EXPECT_TRUE(class_of(5, 5, Expression::sad, 30).change(90).has_value());
}

TEST(ClassMood, WhoWasNotSeenDoesNotCount) {
  auto mood = class_of(8, 3, Expression::sad, 30);
  EXPECT_TRUE(mood.change(90).has_value());
  for (int member = 20; member < 30; ++member) {
    mood.add(some_second(member, 89, Expression::neutral));
  }
  EXPECT_TRUE(mood.change(90).has_value());
}

TEST(ClassMood, WhoIsForgottenDoesNotCount) {
  auto mood = class_of(7, 3, Expression::sad, 30);
  EXPECT_TRUE(mood.change(90).has_value());
  mood.forget(1);
  EXPECT_FALSE(mood.change(90).has_value());
}

TEST(ClassMood, ItIsOverWhenItIsTheUsual) {
  EXPECT_FALSE(class_of(9, 9, Expression::sad, 100).change(160).has_value());
}

}  // namespace
}  // namespace mien
