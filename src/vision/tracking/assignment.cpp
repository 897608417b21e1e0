#include "vision/tracking/assignment.h"

#include <limits>

namespace mien {
namespace {

constexpr auto kNone = static_cast<std::size_t>(-1);
constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Joins one row after the other along the path that costs the least more. Besides the matrix's
/// columns each row has one of its own, which stands for being left alone.
class Assignment {
 public:
  Assignment(const CostMatrix& costs, double limit)
      : costs_(costs),
        limit_(limit),
        columns_(costs.columns() + costs.rows()),
        row_price_(costs.rows()),
        column_price_(columns_),
        row_of_(columns_, kNone) {}

  void add(std::size_t row) {
    std::vector<double> distance(columns_, kInfinite);
    std::vector<std::size_t> before(columns_, kNone);
    std::vector<bool> done(columns_);
    std::size_t column = kNone;
    std::size_t from = row;
    double length = 0;
    do {
      relax(from, column, length, done, distance, before);
      column = nearest(distance, done);
      done[column] = true;
      length = distance[column];
      from = row_of_[column];
    } while (from != kNone);
    raise_prices(row, length, done, distance);
    turn_path(row, column, before);
  }

  std::vector<std::optional<std::size_t>> result() const {
    std::vector<std::optional<std::size_t>> columns(costs_.rows());
    for (std::size_t column = 0; column < costs_.columns(); ++column) {
      if (row_of_[column] != kNone) columns[row_of_[column]] = column;
    }
    return columns;
  }

 private:
  double cost(std::size_t row, std::size_t column) const {
    if (column < costs_.columns()) return costs_.at(row, column);
    return column - costs_.columns() == row ? limit_ : kInfinite;
  }

  void relax(std::size_t row, std::size_t through, double length, const std::vector<bool>& done,
             std::vector<double>& distance, std::vector<std::size_t>& before) const {
    for (std::size_t column = 0; column < columns_; ++column) {
      if (done[column]) continue;
      const double there = length + cost(row, column) - row_price_[row] - column_price_[column];
      if (there < distance[column]) {
        distance[column] = there;
        before[column] = through;
      }
    }
  }

  std::size_t nearest(const std::vector<double>& distance, const std::vector<bool>& done) const {
    std::size_t best = kNone;
    for (std::size_t column = 0; column < columns_; ++column) {
      if (!done[column] && (best == kNone || distance[column] < distance[best])) best = column;
    }
    return best;
  }

  void raise_prices(std::size_t row, double length, const std::vector<bool>& done,
                    const std::vector<double>& distance) {
    row_price_[row] += length;
    for (std::size_t column = 0; column < columns_; ++column) {
      if (!done[column]) continue;
      column_price_[column] -= length - distance[column];
      if (row_of_[column] != kNone) row_price_[row_of_[column]] += length - distance[column];
    }
  }

  void turn_path(std::size_t row, std::size_t column, const std::vector<std::size_t>& before) {
    for (; before[column] != kNone; column = before[column]) {
      row_of_[column] = row_of_[before[column]];
    }
    row_of_[column] = row;
  }

  const CostMatrix& costs_;
  double limit_;
  std::size_t columns_;
  std::vector<double> row_price_;
  std::vector<double> column_price_;
  std::vector<std::size_t> row_of_;
};

}  // namespace

std::vector<std::optional<std::size_t>> assign(const CostMatrix& costs, double limit) {
  Assignment assignment(costs, limit);
  for (std::size_t row = 0; row < costs.rows(); ++row) assignment.add(row);
  return assignment.result();
}

}  // namespace mien
