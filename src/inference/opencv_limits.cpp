#include "inference/opencv_limits.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace mien {

bool fits_in_a_run(const cv::dnn::Net& net, const cv::dnn::MatShape& input) {
  constexpr std::int64_t kMostValues = std::int64_t{1} << 27;
  constexpr std::int64_t kMostOperations = 2'000'000'000'000;
  std::vector<int> layers;
  std::vector<std::vector<cv::dnn::MatShape>> inputs;
  std::vector<std::vector<cv::dnn::MatShape>> outputs;
  net.getLayersShapes(input, layers, inputs, outputs);
  std::int64_t values = 0;
  for (const auto& shapes : outputs) {
    for (const auto& shape : shapes) {
      std::int64_t count = 1;
      for (const std::int64_t size : shape) {
        if (size < 0 || (count *= std::max<std::int64_t>(1, size)) > kMostValues) return false;
      }
      if ((values += count) > kMostValues) return false;
    }
  }
  return net.getFLOPS(input) <= kMostOperations;
}

}  // namespace mien
