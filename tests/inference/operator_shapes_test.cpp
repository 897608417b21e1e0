// Operators that move values or change how they are seen, by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph_maker.h"
#include "inference/operators/operator.h"
#include "tensor_matcher.h"

namespace mien {
namespace {

using test::Attributes;
using test::compute;
using test::compute_all;
using test::counted;
using test::integers;
using test::Integers;
using test::Is;
using test::reals;
using test::Reals;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Reshape, ZeroCopiesASizeAndMinusOneTakesTheRest) {
  const auto x = counted({2, 3, 4});
  const auto shape = [&x](const Integers& wanted) {
    return compute("Reshape", {x, integers(wanted)}).shape;
  };
  EXPECT_EQ(shape({24}), Shape({24}));
  EXPECT_EQ(shape({0, -1}), Shape({2, 12}));
  EXPECT_EQ(shape({-1, 0, 2}), Shape({4, 3, 2}));
  EXPECT_EQ(shape({1, 2, 0, 3}), Shape({1, 2, 4, 3}));
  EXPECT_EQ(compute("Reshape", {x, integers({4, 6})}).reals, x.reals);
  EXPECT_EQ(compute("Reshape", {reals({1, 1}, {7}), integers({})}).shape, Shape({}));
}

TEST(Reshape, WhatDoesNotFitIsRefused) {
  const auto x = counted({2, 3});
  for (const auto& wanted : {Integers{7}, Integers{4, -1}, Integers{}, Integers{2, 3, 0}}) {
    EXPECT_THAT(refusal("Reshape", {x, integers(wanted)}), HasSubstr("fit"))
        << testing::PrintToString(wanted);
  }
  for (const auto& wanted : {Integers{-1, -1}, Integers{-2, 3}, Integers{INT64_MAX, 2},
                             Integers{1 << 20, 1 << 20}, Integers{INT64_MIN}}) {
    EXPECT_THAT(refusal("Reshape", {x, integers(wanted)}), HasSubstr("out of range"))
        << testing::PrintToString(wanted);
  }
  EXPECT_THAT(refusal("Reshape", {x, reals({1}, {6})}), HasSubstr("no integer"));
  EXPECT_THAT(refusal("Reshape", {x, integers({0, 6})}, {{"allowzero", std::int64_t{1}}}),
              HasSubstr("does not fit"));
}

TEST(Flatten, AtAnyAxis) {
  const auto x = counted({2, 3, 4});
  const auto at = [&x](std::int64_t axis) {
    return compute("Flatten", {x}, {{"axis", axis}}).shape;
  };
  EXPECT_EQ(compute("Flatten", {x}).shape, Shape({2, 12}));
  EXPECT_EQ(at(0), Shape({1, 24}));
  EXPECT_EQ(at(2), Shape({6, 4}));
  EXPECT_EQ(at(3), Shape({24, 1}));
  EXPECT_EQ(at(-1), Shape({6, 4}));
  EXPECT_THAT(refusal("Flatten", {x}, {{"axis", std::int64_t{4}}}), HasSubstr("out of range"));
}

TEST(Squeeze, AndItsOpposite) {
  const auto x = counted({1, 3, 1, 2});
  EXPECT_EQ(compute("Squeeze", {x}).shape, Shape({3, 2}));
  EXPECT_EQ(compute("Squeeze", {x, integers({-2})}).shape, Shape({1, 3, 2}));
  EXPECT_EQ(compute("Squeeze", {x}, {{"axes", Integers{0}}}).shape, Shape({3, 1, 2}));
  EXPECT_THAT(refusal("Squeeze", {x, integers({1})}), HasSubstr("more than one"));
  EXPECT_EQ(compute("Unsqueeze", {counted({3, 2}), integers({0, -1})}).shape, Shape({1, 3, 2, 1}));
  EXPECT_THAT(refusal("Unsqueeze", {counted({3}), integers({0, -3})}), HasSubstr("twice"));
  EXPECT_THAT(refusal("Unsqueeze", {counted({3}), integers({2})}), HasSubstr("axis 2"));
  EXPECT_THAT(refusal("Unsqueeze", {counted({3}), integers(Integers(20, 0))}),
              HasSubstr("too many axes"));
}

TEST(Identity, LeavesAllAsItIs) {
  for (const char* operation : {"Identity", "Dropout"}) {
    EXPECT_THAT(compute(operation, {counted({2})}), Is(Shape{2}, Reals{1, 2}));
  }
  EXPECT_THAT(compute("Shape", {counted({2, 1, 3})}).integers, ElementsAre(2, 1, 3));
  const auto held = std::make_shared<const Tensor>(counted({2}));
  EXPECT_THAT(compute("Constant", {}, {{"value", held}}), Is(Shape{2}, Reals{1, 2}));
  EXPECT_THAT(refusal("Constant", {}, {{"value_float", 1.0F}}), HasSubstr("'value' alone"));
}

TEST(Transpose, TurnsAxes) {
  EXPECT_THAT(compute("Transpose", {counted({2, 3})}), Is(Shape{3, 2}, Reals{1, 4, 2, 5, 3, 6}));
  EXPECT_THAT(compute("Transpose", {counted({1, 2, 3})}, {{"perm", Integers{2, 0, 1}}}),
              Is(Shape{3, 1, 2}, Reals{1, 4, 2, 5, 3, 6}));
  EXPECT_THAT(compute("Transpose", {counted({2, 2, 2})}, {{"perm", Integers{1, 0, 2}}}),
              Is(Shape{2, 2, 2}, Reals{1, 2, 5, 6, 3, 4, 7, 8}));
  for (const auto& order : {Integers{0, 0}, Integers{0}, Integers{0, 1, 2}, Integers{0, 5}}) {
    EXPECT_NE(refusal("Transpose", {counted({2, 3})}, {{"perm", order}}), "accepted");
  }
}

TEST(Concat, AlongAnyAxis) {
  const auto a = counted({2, 1});
  const auto b = reals({2, 2}, {7, 8, 9, 10});
  EXPECT_THAT(compute("Concat", {a, b, a}, {{"axis", std::int64_t{-1}}}),
              Is(Shape{2, 4}, Reals{1, 7, 8, 1, 2, 9, 10, 2}));
  EXPECT_THAT(compute("Concat", {b, b}, {{"axis", std::int64_t{0}}}),
              Is(Shape{4, 2}, Reals{7, 8, 9, 10, 7, 8, 9, 10}));
  EXPECT_THAT(refusal("Concat", {a, b}, {{"axis", std::int64_t{0}}}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Concat", {a, counted({2})}, {{"axis", std::int64_t{1}}}),
              HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Concat", {a, {}}, {{"axis", std::int64_t{1}}}), HasSubstr("missing"));
}

TEST(Split, EqualAndUnequalParts) {
  const auto x = counted({2, 3});
  const auto columns = compute_all("Split", {x, integers({1, 2})}, {{"axis", std::int64_t{1}}}, 2);
  EXPECT_THAT(columns[0], Is(Shape{2, 1}, Reals{1, 4}));
  EXPECT_THAT(columns[1], Is(Shape{2, 2}, Reals{2, 3, 5, 6}));
  const auto rows = compute_all("Split", {x}, {}, 2);
  EXPECT_THAT(rows[1], Is(Shape{1, 3}, Reals{4, 5, 6}));
  // Of parts that do not come out even the last is shorter.
  const auto uneven = compute_all("Split", {counted({5})}, {{"axis", std::int64_t{-1}}}, 3);
  EXPECT_THAT(uneven[0], Is(Shape{2}, Reals{1, 2}));
  EXPECT_THAT(uneven[2], Is(Shape{1}, Reals{5}));
  for (const auto& sizes : {Integers{1, 1}, Integers{4, -1}, Integers{3}, Integers{INT64_MAX, 4}}) {
    EXPECT_NE(refusal("Split", {x, integers(sizes)}, {{"axis", std::int64_t{1}}}, 2), "accepted");
  }
}

Integers sliced(const Integers& starts, const Integers& ends, const Integers& steps) {
  const auto x = counted({5});
  Integers values;
  for (const float value :
       compute("Slice", {x, integers(starts), integers(ends), integers({0}), integers(steps)})
           .reals) {
    values.push_back(static_cast<std::int64_t>(value));
  }
  return values;
}

TEST(Slice, StartsEndsAndStepsAsPythonHasThem) {
  EXPECT_THAT(sliced({1}, {3}, {1}), ElementsAre(2, 3));
  EXPECT_THAT(sliced({-2}, {INT64_MAX}, {1}), ElementsAre(4, 5));
  EXPECT_THAT(sliced({0}, {-1}, {2}), ElementsAre(1, 3));
  EXPECT_THAT(sliced({-100}, {2}, {1}), ElementsAre(1, 2));
  EXPECT_THAT(sliced({-1}, {INT64_MIN}, {-1}), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(sliced({3}, {0}, {-2}), ElementsAre(4, 2));
  EXPECT_THAT(sliced({100}, {-100}, {-2}), ElementsAre(5, 3, 1));
  EXPECT_THAT(sliced({3}, {3}, {1}), ElementsAre());
  EXPECT_THAT(sliced({4}, {1}, {1}), ElementsAre());
  EXPECT_THAT(sliced({7}, {9}, {1}), ElementsAre());
  EXPECT_THAT(sliced({1}, {4}, {-1}), ElementsAre());
  EXPECT_THAT(sliced({INT64_MIN}, {INT64_MAX}, {3}), ElementsAre(1, 4));
}

TEST(Slice, OfSeveralAxes) {
  EXPECT_THAT(compute("Slice", {counted({2, 3}), integers({1, -1}), integers({2, -4}),
                                integers({0, 1}), integers({1, -2})}),
              Is(Shape{1, 2}, Reals{6, 4}));
  EXPECT_THAT(compute("Slice", {counted({2, 3}), integers({1}), integers({3}), integers({-1})}),
              Is(Shape{2, 2}, Reals{2, 3, 5, 6}));
  EXPECT_THAT(refusal("Slice", {counted({2}), integers({0}), integers({1}), integers({1})}),
              HasSubstr("axis 1"));
  EXPECT_THAT(refusal("Slice", {counted({2}), integers({0}), integers({1, 2})}),
              HasSubstr("do not fit"));
  for (const std::int64_t step : {std::int64_t{0}, INT64_MIN, INT64_MAX}) {
    EXPECT_THAT(refusal("Slice", {counted({2}), integers({0}), integers({1}), integers({0}),
                                  integers({step})}),
                HasSubstr("steps are out of range"));
  }
}

TEST(Pad, WithAnyValueOnAnySide) {
  const auto x = counted({1, 2});
  EXPECT_THAT(compute("Pad", {x, integers({0, 1, 1, 0}), reals({}, {9})}),
              Is(Shape{2, 3}, Reals{9, 1, 2, 9, 9, 9}));
  EXPECT_THAT(compute("Pad", {x, integers({0, 0, 0, 1})}), Is(Shape{1, 3}, Reals{1, 2, 0}));
  EXPECT_THAT(refusal("Pad", {x, integers({0, 0, 0})}), HasSubstr("do not fit"));
  EXPECT_THAT(refusal("Pad", {x, integers({0, 0, 0, -1})}), HasSubstr("out of range"));
  EXPECT_THAT(refusal("Pad", {x, integers({0, 0, 0, INT64_MAX})}), HasSubstr("out of range"));
  EXPECT_THAT(refusal("Pad", {x, integers({0, 0, 0, 1})}, {{"mode", "reflect"}}),
              HasSubstr("constant padding alone"));
}

TEST(Gather, RowsByTheirIndex) {
  const auto x = counted({3, 2});
  EXPECT_THAT(compute("Gather", {x, integers({2, -3})}), Is(Shape{2, 2}, Reals{5, 6, 1, 2}));
  EXPECT_THAT(compute("Gather", {x, integers({1})}, {{"axis", std::int64_t{1}}}),
              Is(Shape{3, 1}, Reals{2, 4, 6}));
  const auto one = Tensor::of_integers({}, {1});
  EXPECT_THAT(compute("Gather", {integers({4, 5}), one}).integers, ElementsAre(5));
  EXPECT_THAT(refusal("Gather", {x, integers({3})}), HasSubstr("out of range"));
  EXPECT_THAT(refusal("Gather", {x, integers({-4})}), HasSubstr("out of range"));
}

TEST(Shapes, OfTensorsThatNoMachineHolds) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({3, 0, 2}), 0);
  constexpr std::int64_t kHuge = std::int64_t{1} << 28;
  for (const auto& shape :
       {Shape{-1}, Shape{kHuge + 1}, Shape{kHuge, kHuge}, Shape{0, kHuge, kHuge},
        Shape{kHuge, kHuge, 0}, Shape{INT64_MAX, INT64_MAX}, Shape(100, 1)}) {
    EXPECT_ANY_THROW(element_count(shape)) << to_string(shape);
  }
}

}  // namespace
}  // namespace mien
