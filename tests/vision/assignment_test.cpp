#include "vision/tracking/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mien {
namespace {

using Assigned = std::vector<std::optional<std::size_t>>;

CostMatrix random_costs(std::size_t rows, std::size_t columns, std::mt19937& random) {
  CostMatrix costs(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) costs.at(i, j) = static_cast<double>(random() % 100);
  }
  return costs;
}

double total(const CostMatrix& costs, const Assigned& assigned, double limit) {
  double sum = 0;
  for (std::size_t i = 0; i < costs.rows(); ++i) {
    sum += assigned[i] ? costs.at(i, *assigned[i]) : limit;
  }
  return sum;
}

/// The smallest total that any assignment of the rows from `row` on has.
double smallest(const CostMatrix& costs, double limit, std::size_t row, std::vector<bool>& taken) {
  if (row == costs.rows()) return 0;
  double best = limit + smallest(costs, limit, row + 1, taken);
  for (std::size_t j = 0; j < costs.columns(); ++j) {
    if (taken[j]) continue;
    taken[j] = true;
    best = std::min(best, costs.at(row, j) + smallest(costs, limit, row + 1, taken));
    taken[j] = false;
  }
  return best;
}

TEST(Assignment, IsTheCheapestOfAll) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const auto costs = random_costs(random() % 6, random() % 6, random);
    const double limit = static_cast<double>(random() % 120);
    const auto assigned = assign(costs, limit);
    ASSERT_EQ(assigned.size(), costs.rows());
    std::vector<bool> taken(costs.columns());
    for (const auto& column : assigned) {
      if (!column) continue;
      ASSERT_LT(*column, costs.columns());
      EXPECT_FALSE(taken[*column]);
      taken[*column] = true;
    }
    std::vector<bool> none(costs.columns());
    EXPECT_DOUBLE_EQ(total(costs, assigned, limit), smallest(costs, limit, 0, none));
  }
}

TEST(Assignment, LeavesAloneWhatCostsMoreThanTheLimit) {
  CostMatrix costs(1, 1);
  costs.at(0, 0) = 5;
  EXPECT_EQ(assign(costs, 6), Assigned{0});
  EXPECT_EQ(assign(costs, 4), Assigned{std::nullopt});
}

TEST(Assignment, OfNothingIsNothing) {
  EXPECT_TRUE(assign(CostMatrix(0, 3), 1).empty());
  EXPECT_EQ(assign(CostMatrix(2, 0), 1), Assigned(2));
}

}  // namespace
}  // namespace mien
