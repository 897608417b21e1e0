#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace mien {

inline std::size_t values_per_face(std::span<const std::size_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
}

/// From the outputs of a batch, each with `sizes[i]` values for every face, to the values of all
/// outputs face after face.
inline void join_outputs(std::span<const std::vector<float>> outputs,
                         std::span<const std::size_t> sizes, std::span<float> joined) {
  auto to = joined.begin();
  for (std::size_t face = 0; to != joined.end(); ++face) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const auto from = outputs[i].begin() + static_cast<std::ptrdiff_t>(face * sizes[i]);
      to = std::copy_n(from, sizes[i], to);
    }
  }
}

}  // namespace mien
