#include "dataset/duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/face_subset.h"
#include "dataset/fer2013.h"

namespace mien {
namespace {

using testing::ElementsAre;

/// One face of a gray level.
void add(Fer2013& faces, std::uint8_t level, Expression label) {
  Fer2013::Pixels pixels{};
  pixels.fill(level);
  faces.add(pixels, label, std::nullopt);
}

/// 0 and 3 are the same and agree; 1, 4 and 5 are the same and do not; 2 stands alone.
Fer2013 made_faces() {
  Fer2013 faces;
  add(faces, 1, Expression::happy);
  add(faces, 2, Expression::sad);
  add(faces, 3, Expression::fear);
  add(faces, 1, Expression::happy);
  add(faces, 2, Expression::sad);
  add(faces, 2, Expression::neutral);
  return faces;
}

TEST(Duplicates, AreCountedUnderEveryRule) {
  for (const auto rule :
       {DuplicateRule::keep, DuplicateRule::drop_conflicting, DuplicateRule::drop}) {
    const auto result = deduplicate(made_faces(), rule);
    EXPECT_EQ(result.repeated, 3U);
    EXPECT_EQ(result.conflicting, 3U);
    EXPECT_EQ(result.conflicting_groups, 1U);
  }
}

TEST(Duplicates, StayOrGoAsTheRuleSays) {
  const auto kept = [](DuplicateRule rule) { return deduplicate(made_faces(), rule).kept; };
  EXPECT_THAT(kept(DuplicateRule::keep), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(kept(DuplicateRule::drop_conflicting), ElementsAre(0, 2, 3));
  EXPECT_THAT(kept(DuplicateRule::drop), ElementsAre(0, 2));
}

TEST(Duplicates, DifferInASinglePixel) {
  Fer2013 faces;
  add(faces, 1, Expression::happy);
  Fer2013::Pixels pixels{};
  pixels.fill(1);
  pixels.back() = 2;
  faces.add(pixels, Expression::sad, std::nullopt);
  EXPECT_THAT(deduplicate(faces, DuplicateRule::drop).kept, ElementsAre(0, 1));
}

TEST(Duplicates, RulesHaveNames) {
  for (const auto rule :
       {DuplicateRule::keep, DuplicateRule::drop_conflicting, DuplicateRule::drop}) {
    EXPECT_EQ(duplicate_rule_from_name(name(rule)), rule);
  }
  EXPECT_EQ(duplicate_rule_from_name("some"), std::nullopt);
}

TEST(FaceSubset, GivesTheChosenFacesInTheirOrder) {
  const FaceSubset subset(std::make_shared<Fer2013>(made_faces()), {5, 2});
  ASSERT_EQ(subset.size(), 2U);
  EXPECT_EQ(subset.get(0).label, Expression::neutral);
  EXPECT_EQ(subset.get(0).pixels[0], 2);
  EXPECT_EQ(subset.get(1).label, Expression::fear);
  EXPECT_EQ(subset.width(), 48);
}

}  // namespace
}  // namespace mien
