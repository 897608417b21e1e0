#pragma once

#include <string>
#include <vector>

#include "mien/attribute_estimator.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// --attributes and --attributes-model.
struct AttributeArguments {
  std::vector<std::string> wanted;
  std::string model{kDefaultAttributeModel};

  void add_to(CLI::App& command);

  /// Throws Error (usage) for an unknown attribute.
  AttributeOptions checked() const;
};

}  // namespace mien::apps
