#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace mien {

/// What it costs to join each row with each column; all zero at first.
class CostMatrix {
 public:
  CostMatrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), costs_(rows * columns) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  double& at(std::size_t row, std::size_t column) { return costs_[row * columns_ + column]; }
  double at(std::size_t row, std::size_t column) const { return costs_[row * columns_ + column]; }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<double> costs_;
};

/// For each row its column, or nothing: the assignment with the smallest sum of costs, where a row
/// that is left alone costs `limit`, so that no pair dearer than that is joined. The Hungarian
/// method in the form of Jonker and Volgenant, 1987 ("A shortest augmenting path algorithm for
/// dense and sparse linear assignment problems"), O(rows^2 (rows + columns)). Costs are finite.
std::vector<std::optional<std::size_t>> assign(const CostMatrix& costs, double limit);

}  // namespace mien
