#include "mien/box.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

TEST(Box, AreaIsZeroWhenASideIsNotPositive) {
  EXPECT_EQ(area({0, 0, 3, 4}), 12);
  EXPECT_EQ(area({0, 0, 0, 4}), 0);
  EXPECT_EQ(area({0, 0, -3, -4}), 0);
}

TEST(Box, AreaDoesNotOverflow) { EXPECT_EQ(area({0, 0, 100'000, 100'000}), 10'000'000'000LL); }

TEST(Box, IntersectionIsTheSharedPart) {
  EXPECT_EQ(intersection({0, 0, 10, 10}, {6, 7, 10, 10}), (Box{6, 7, 4, 3}));
  EXPECT_EQ(intersection({0, 0, 10, 10}, {2, 3, 4, 5}), (Box{2, 3, 4, 5}));
  EXPECT_EQ(intersection({-5, -5, 10, 10}, {0, 0, 10, 10}), (Box{0, 0, 5, 5}));
}

TEST(Box, IntersectionOfSeparateBoxesIsEmpty) {
  EXPECT_EQ(area(intersection({0, 0, 10, 10}, {20, 0, 10, 10})), 0);
  EXPECT_EQ(area(intersection({0, 0, 10, 10}, {10, 0, 10, 10})), 0);
  const Box apart = intersection({0, 0, 10, 10}, {20, 20, 10, 10});
  EXPECT_EQ(apart.width, 0);
  EXPECT_EQ(apart.height, 0);
}

TEST(Box, IouRunsFromZeroToOne) {
  EXPECT_DOUBLE_EQ(iou({0, 0, 10, 10}, {0, 0, 10, 10}), 1.0);
  EXPECT_DOUBLE_EQ(iou({0, 0, 10, 10}, {5, 0, 10, 10}), 50.0 / 150.0);
  EXPECT_DOUBLE_EQ(iou({0, 0, 10, 10}, {30, 0, 10, 10}), 0.0);
}

TEST(Box, IouOfEmptyBoxesIsZero) { EXPECT_DOUBLE_EQ(iou({}, {}), 0.0); }

TEST(Box, IouDoesNotDependOnTheOrder) {
  const Box a{3, 4, 20, 10};
  const Box b{10, 6, 30, 30};
  EXPECT_DOUBLE_EQ(iou(a, b), iou(b, a));
}

}  // namespace
}  // namespace mien
