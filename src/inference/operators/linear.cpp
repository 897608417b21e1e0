#include <array>

#include "inference/operators/broadcast.h"
#include "inference/operators/operator.h"

namespace mien {
namespace {

struct Sides {
  std::int64_t rows, inner, columns;
};

Sides gemm_sides(const Node& node, Operands inputs) {
  const auto& a = *inputs[0].shape;
  const auto& b = *inputs[1].shape;
  if (a.size() != 2 || b.size() != 2) fail(node, "its inputs are no matrices");
  const bool turned_a = node.integer("transA", 0) != 0;
  const bool turned_b = node.integer("transB", 0) != 0;
  const auto inner = turned_a ? a[0] : a[1];
  if (inner != (turned_b ? b[1] : b[0])) {
    fail(node, "its inputs " + to_string(a) + " and " + to_string(b) + " do not fit");
  }
  return {turned_a ? a[1] : a[0], inner, turned_b ? b[0] : b[1]};
}

std::vector<Description> describe_gemm(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto sides = gemm_sides(node, inputs);
  const Shape shape{sides.rows, sides.columns};
  if (inputs.size() > 2 && inputs[2].given() && broadcast(node, shape, *inputs[2].shape) != shape) {
    fail(node, "its third input " + to_string(*inputs[2].shape) + " is too large");
  }
  return {{shape}};
}

void gemm(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto [rows, inner, columns] = gemm_sides(node, inputs);
  const bool turned_a = node.integer("transA", 0) != 0;
  const bool turned_b = node.integer("transB", 0) != 0;
  const float alpha = node.real("alpha", 1);
  const float beta = node.real("beta", 1);
  const auto& a = inputs[0].tensor->reals;
  const auto& b = inputs[1].tensor->reals;
  const bool added = inputs.size() > 2 && inputs[2].given();
  const auto at_c =
      added ? broadcast_indices(*inputs[2].shape, outputs[0].shape) : std::vector<std::size_t>();
  std::size_t i = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column, ++i) {
      double sum = 0;
      for (std::int64_t k = 0; k < inner; ++k) {
        const auto at_a = turned_a ? k * rows + row : row * inner + k;
        const auto at_b = turned_b ? column * inner + k : k * columns + column;
        sum += static_cast<double>(a[static_cast<std::size_t>(at_a)]) *
               b[static_cast<std::size_t>(at_b)];
      }
      const float c = added ? beta * inputs[2].tensor->reals[at_c[i]] : 0.0F;
      outputs[0].reals[i] = alpha * static_cast<float>(sum) + c;
    }
  }
}

/// The axes before the two of the matrices.
Shape batch_of(const Shape& shape) { return {shape.begin(), shape.end() - 2}; }

std::vector<Description> describe_matmul(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& a = *inputs[0].shape;
  const auto& b = *inputs[1].shape;
  if (a.size() == 1 || b.size() == 1) unsupported(node, "a product with a vector");
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2]) {
    fail(node, "its inputs " + to_string(a) + " and " + to_string(b) + " do not fit");
  }
  Shape shape = broadcast(node, batch_of(a), batch_of(b));
  shape.push_back(a[a.size() - 2]);
  shape.push_back(b.back());
  return {{shape}};
}

void matmul(const Node& /*node*/, Operands inputs, std::span<Tensor> outputs) {
  const auto& a = *inputs[0].tensor;
  const auto& b = *inputs[1].tensor;
  const auto rows = static_cast<std::size_t>(a.shape[a.shape.size() - 2]);
  const auto inner = static_cast<std::size_t>(a.shape.back());
  const auto columns = static_cast<std::size_t>(b.shape.back());
  const auto batch = batch_of(outputs[0].shape);
  const auto at_a = broadcast_indices(batch_of(a.shape), batch);
  const auto at_b = broadcast_indices(batch_of(b.shape), batch);
  std::size_t i = 0;
  for (std::size_t matrix = 0; matrix < at_a.size(); ++matrix) {
    const float* left = a.reals.data() + at_a[matrix] * rows * inner;
    const float* right = b.reals.data() + at_b[matrix] * inner * columns;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        double sum = 0;
        for (std::size_t k = 0; k < inner; ++k) {
          sum += static_cast<double>(left[row * inner + k]) * right[k * columns + column];
        }
        outputs[0].reals[i++] = static_cast<float>(sum);
      }
    }
  }
}

constexpr std::array<Operator, 2> kOperators = {{
    {"Gemm", 2, 3, describe_gemm, gemm, false},
    {"MatMul", 2, 2, describe_matmul, matmul, false},
}};

}  // namespace

std::span<const Operator> linear_operators() { return kOperators; }

}  // namespace mien
