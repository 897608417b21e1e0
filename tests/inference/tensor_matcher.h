#pragma once

#include <gmock/gmock.h>

#include <vector>

#include "inference/graph/tensor.h"

namespace mien::test {

/// A tensor of floats of this shape and, but for rounding, these values.
MATCHER_P2(Is, shape, values, "") {
  return testing::ExplainMatchResult(testing::Eq(Shape(shape)), arg.shape, result_listener) &&
         testing::ExplainMatchResult(
             testing::Pointwise(testing::FloatNear(1e-5F), std::vector<float>(values)), arg.reals,
             result_listener);
}

}  // namespace mien::test
