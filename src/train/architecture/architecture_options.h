#pragma once

#include <string>

namespace mien::train {

struct ArchitectureOptions {
  std::string name;
  /// Channels of the first layer; the others follow from it. 0: the architecture's own default.
  int width = 0;
  /// Blocks at each size, where an architecture has a choice. 0: the architecture's own default.
  int depth = 0;
};

}  // namespace mien::train
