#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

/// Sizes of a tensor, outermost first; all known and positive or zero.
using Shape = std::vector<std::int64_t>;

/// How many values a tensor of this shape has. Throws Error (model) when that is absurd (more than
/// 2^28 values, a negative size, or more than 16 axes).
std::int64_t element_count(const Shape& shape);

/// "[1,32,48,48]".
std::string to_string(const Shape& shape);

enum class ElementType { real, integer };

/// Values in row-major order: floats, or the 64-bit integers by which ONNX states shapes and axes.
struct Tensor {
  Shape shape;
  ElementType type = ElementType::real;
  std::vector<float> reals;            ///< of type real
  std::vector<std::int64_t> integers;  ///< of type integer

  static Tensor of_reals(Shape shape, std::vector<float> values);
  static Tensor of_integers(Shape shape, std::vector<std::int64_t> values);
};

}  // namespace mien
