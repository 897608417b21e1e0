#pragma once

#include <string>
#include <vector>

#include "mien/models.h"
#include "mien/network.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// --model, and what a model without a card must be told of.
struct ModelOptions {
  std::string model{kDefaultExpressionModel};
  std::vector<std::string> labels;
  std::string input_size;
  std::string normalisation = "standardise";

  void add_to(CLI::App& command);

  /// Throws Error (usage) for an option that makes no sense.
  NetworkOptions network() const;
};

}  // namespace mien::apps
