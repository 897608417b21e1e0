#include "core/detection_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace mien {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int kFrom20 = 20;
constexpr double kThreshold = 0.5;

/// Boxes that lie apart from each other, 100 pixels wide and high.
Box place(int number) { return {number * 200, 0, 100, 100}; }

/// Overlaps place(number) by 1/3 to 1, the less the further it is moved to the right.
Box beside(int number, int moved) {
  Box box = place(number);
  box.x += moved;
  return box;
}

DetectedFace found(Box box, float score) { return {box, score, {}}; }

DetectionEvaluation evaluate(const std::vector<DetectionResult>& results) {
  return evaluate_detection(results, kFrom20, kThreshold);
}

TEST(DetectionEvaluation, IsTheAreaUnderAFallingCurve) {
  // Right, wrong, right, right, wrong, of four faces in two pictures.
  const auto result =
      evaluate({{{found(place(0), 0.9F), found(place(5), 0.8F)}, {{place(0)}, {place(1)}}},
                {{found(place(0), 0.7F), found(place(1), 0.6F), found(place(7), 0.3F)},
                 {{place(0)}, {place(1)}}}});
  EXPECT_EQ(result.faces, 4U);
  // 1/1 at recall 1/4, 3/4 at recall 3/4; 2/3 at recall 2/4 rises to the 3/4 after it.
  EXPECT_DOUBLE_EQ(result.average_precision, 0.25 * 1 + 0.5 * 0.75);
  EXPECT_DOUBLE_EQ(result.precision, 0.75);
  EXPECT_DOUBLE_EQ(result.recall, 0.75);
  ASSERT_THAT(result.curve, SizeIs(5));
  EXPECT_EQ(result.curve[0].score, 0.9F);
  EXPECT_DOUBLE_EQ(result.curve[2].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(result.curve[2].recall, 0.5);
  EXPECT_DOUBLE_EQ(result.curve[4].precision, 0.6);
  EXPECT_DOUBLE_EQ(result.curve[4].recall, 0.75);
}

TEST(DetectionEvaluation, TheSurestTakesTheFace) {
  // The second is the better box, but the face was found already.
  const auto result =
      evaluate({{{found(place(0), 0.6F), found(beside(0, 20), 0.9F)}, {{place(0)}}}});
  EXPECT_DOUBLE_EQ(result.precision, 0.5);
  EXPECT_DOUBLE_EQ(result.recall, 1);
  EXPECT_DOUBLE_EQ(result.average_precision, 1);
}

TEST(DetectionEvaluation, AFindingTakesTheFaceThatItOverlapsBest) {
  const Box left = place(0);
  const Box right = beside(0, 30);
  // Overlaps both; the second overlaps the left one alone.
  const auto result =
      evaluate({{{found(beside(0, 25), 0.9F), found(beside(0, -20), 0.8F)}, {{left}, {right}}}});
  EXPECT_DOUBLE_EQ(result.recall, 1);
  EXPECT_DOUBLE_EQ(result.precision, 1);
}

TEST(DetectionEvaluation, AFaceThatIsTakenLeavesTheNextBest) {
  const auto result = evaluate(
      {{{found(place(0), 0.9F), found(beside(0, 10), 0.8F)}, {{place(0)}, {beside(0, 30)}}}});
  EXPECT_DOUBLE_EQ(result.recall, 1);
  EXPECT_DOUBLE_EQ(result.precision, 1);
}

TEST(DetectionEvaluation, HalfOfBothMustBeShared) {
  // 100 x 100, 50 x 100 within it: exactly a half.
  EXPECT_DOUBLE_EQ(evaluate({{{found({0, 0, 50, 100}, 0.9F)}, {{place(0)}}}}).recall, 1);
  EXPECT_DOUBLE_EQ(evaluate({{{found({0, 0, 49, 100}, 0.9F)}, {{place(0)}}}}).recall, 0);
  const std::vector<DetectionResult> third = {{{found(beside(0, 50), 0.9F)}, {{place(0)}}}};
  EXPECT_DOUBLE_EQ(evaluate_detection(third, kFrom20, kThreshold, 0.33).recall, 1);
  EXPECT_DOUBLE_EQ(evaluate_detection(third, kFrom20, kThreshold, 0.34).recall, 0);
}

TEST(DetectionEvaluation, FacesOfOtherPicturesDoNotCount) {
  const auto result = evaluate({{{found(place(0), 0.9F)}, {}}, {{}, {{place(0)}}}});
  EXPECT_DOUBLE_EQ(result.precision, 0);
  EXPECT_DOUBLE_EQ(result.recall, 0);
  EXPECT_DOUBLE_EQ(result.average_precision, 0);
}

TEST(DetectionEvaluation, SmallAndInvalidFacesNeedNotBeFound) {
  const Box small = {0, 0, 100, 19};
  const Box high = {200, 0, 10, 20};
  const auto missed = evaluate({{{}, {{small}, {high}, {place(2), false}}}});
  EXPECT_EQ(missed.faces, 1U);
  EXPECT_DOUBLE_EQ(missed.recall, 0);

  // Who finds them is not wrong, however often.
  const auto result = evaluate(
      {{{found(small, 0.9F), found(small, 0.85F), found(place(2), 0.8F), found(high, 0.7F)},
        {{small}, {high}, {place(2), false}}}});
  EXPECT_THAT(result.curve, SizeIs(1));
  EXPECT_DOUBLE_EQ(result.precision, 1);
  EXPECT_DOUBLE_EQ(result.average_precision, 1);
}

TEST(DetectionEvaluation, AFaceToFindComesBeforeOneToIgnore) {
  // Overlaps the ignored one better.
  const auto result =
      evaluate({{{found(beside(0, 5), 0.9F)}, {{beside(0, 6), false}, {place(0)}}}});
  EXPECT_DOUBLE_EQ(result.recall, 1);
  // The face is taken, the ignored one is there still.
  const auto twice = evaluate({{{found(beside(0, 5), 0.9F), found(beside(0, 5), 0.8F)},
                                {{beside(0, 6), false}, {place(0)}}}});
  EXPECT_DOUBLE_EQ(twice.precision, 1);
}

TEST(DetectionEvaluation, WhereFacesAreNotMarkedOthersAreNotCounted) {
  const auto result =
      evaluate({{{found(place(0), 0.9F), found(place(5), 0.8F)}, {{place(0)}, {place(1)}}, false}});
  EXPECT_EQ(result.faces, 2U);
  EXPECT_THAT(result.curve, SizeIs(1));
  EXPECT_DOUBLE_EQ(result.precision, 1);
  EXPECT_DOUBLE_EQ(result.recall, 0.5);

  // Who finds the same face again is as wrong as elsewhere.
  const auto twice =
      evaluate({{{found(place(0), 0.9F), found(beside(0, 10), 0.8F)}, {{place(0)}}, false}});
  EXPECT_DOUBLE_EQ(twice.precision, 0.5);

  const auto elsewhere = evaluate(
      {{{found(place(0), 0.9F)}, {{place(0)}}, false}, {{found(place(0), 0.8F)}, {}, true}});
  EXPECT_DOUBLE_EQ(elsewhere.precision, 0.5) << "of another picture all faces are marked";
}

TEST(DetectionEvaluation, EqualScoresAreOnePoint) {
  for (const bool wrong_first : {false, true}) {
    const auto right = found(place(0), 0.9F);
    const auto wrong = found(place(5), 0.9F);
    const auto result =
        evaluate({{{wrong_first ? wrong : right, wrong_first ? right : wrong}, {{place(0)}}}});
    ASSERT_THAT(result.curve, SizeIs(1));
    EXPECT_DOUBLE_EQ(result.curve[0].precision, 0.5);
    EXPECT_DOUBLE_EQ(result.average_precision, 0.5);
  }
}

TEST(DetectionEvaluation, TheThresholdIsWithin) {
  const std::vector<DetectionResult> results = {{{found(place(0), 0.7F)}, {{place(0)}}}};
  EXPECT_DOUBLE_EQ(evaluate_detection(results, kFrom20, 0.7).recall, 1);  // 0.7F is below 0.7
  EXPECT_DOUBLE_EQ(evaluate_detection(results, kFrom20, 0.71).recall, 0);
  EXPECT_DOUBLE_EQ(evaluate_detection(results, kFrom20, 0.71).precision, 0);
  EXPECT_DOUBLE_EQ(evaluate_detection(results, kFrom20, 0.71).average_precision, 1);
}

TEST(DetectionEvaluation, NothingIsNoError) {
  const auto nothing = evaluate({});
  EXPECT_EQ(nothing.faces, 0U);
  EXPECT_DOUBLE_EQ(nothing.average_precision, 0);
  EXPECT_THAT(nothing.curve, IsEmpty());

  const auto not_found = evaluate({{{}, {{place(0)}}}});
  EXPECT_EQ(not_found.faces, 1U);
  EXPECT_DOUBLE_EQ(not_found.precision, 0);
  EXPECT_DOUBLE_EQ(not_found.average_precision, 0);

  const auto not_there = evaluate({{{found(place(0), 0.9F)}, {}}});
  EXPECT_DOUBLE_EQ(not_there.precision, 0);
  EXPECT_DOUBLE_EQ(not_there.recall, 0);
  EXPECT_DOUBLE_EQ(not_there.average_precision, 0);
  EXPECT_THAT(not_there.curve, SizeIs(1));
}

TEST(DetectionEvaluation, AScoreThatIsNoNumberIsLeftOut) {
  const auto result =
      evaluate({{{found(place(0), std::numeric_limits<float>::quiet_NaN()), found(place(1), 0.9F)},
                 {{place(0)}, {place(1)}}}});
  EXPECT_THAT(result.curve, SizeIs(1));
  EXPECT_DOUBLE_EQ(result.recall, 0.5);
}

}  // namespace
}  // namespace mien
