#include "inference/graph/tensor.h"

#include <algorithm>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 28;
constexpr std::size_t kMostAxes = 16;

}  // namespace

std::int64_t element_count(const Shape& shape) {
  if (shape.size() > kMostAxes) {
    throw Error(ErrorCode::model,
                "a tensor has " + std::to_string(shape.size()) + " axes, more than 16");
  }
  bool empty = false;
  std::int64_t count = 1;  // as if sizes of 0 were 1, so that products of the other sizes fit too
  for (const auto size : shape) {
    empty = empty || size == 0;
    if (size < 0 || size > kMostElements ||
        (count *= std::max<std::int64_t>(1, size)) > kMostElements) {
      throw Error(ErrorCode::model,
                  "a tensor of shape " + to_string(shape) + " is larger than 2^28 values");
    }
  }
  return empty ? 0 : count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (const auto size : shape) {
    if (text.size() > 1) text += ',';
    text += std::to_string(size);
  }
  return text + "]";
}

Tensor Tensor::of_reals(Shape shape, std::vector<float> values) {
  return {std::move(shape), ElementType::real, std::move(values), {}};
}

Tensor Tensor::of_integers(Shape shape, std::vector<std::int64_t> values) {
  return {std::move(shape), ElementType::integer, {}, std::move(values)};
}

}  // namespace mien
