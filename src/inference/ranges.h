#pragma once

#include <map>
#include <string>

namespace mien {

/// The smallest and largest value that a tensor took over faces of the training data.
struct Range {
  float lowest = 0;
  float highest = 0;
};

/// By the tensor's name in the ONNX file.
using Ranges = std::map<std::string, Range>;

}  // namespace mien
