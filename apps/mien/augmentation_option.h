#pragma once

#include <string>

#include "mien/test_time_augmentation.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// --tta.
struct AugmentationOption {
  std::string name{mien::name(TestTimeAugmentation::none)};

  /// In the option's group of the help; empty: among the others.
  void add_to(CLI::App& command, const std::string& group = {});

  /// Throws Error (usage) for what there is not.
  TestTimeAugmentation value() const;
};

}  // namespace mien::apps
