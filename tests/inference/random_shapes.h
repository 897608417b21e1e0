#pragma once

#include <random>

#include "graph_maker.h"

namespace mien::test {

inline bool maybe(std::mt19937& random) { return pick(random, 0, 1) == 1; }

inline Shape random_shape(std::mt19937& random, std::int64_t rank, std::int64_t largest = 6) {
  Shape shape;
  for (std::int64_t axis = 0; axis < rank; ++axis) shape.push_back(pick(random, 1, largest));
  return shape;
}

/// A picture with few or many channels, in blocks of 8 or 16 or not.
inline Shape random_picture(std::mt19937& random, std::int64_t largest = 9) {
  const auto channels = pick_of(random, Integers{1, 2, 3, 5, 8, 12, 16, 19, 32});
  return {pick(random, 1, 3), channels, pick(random, 1, largest), pick(random, 1, largest)};
}

}  // namespace mien::test
