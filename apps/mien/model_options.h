#pragma once

#include <string>
#include <vector>

#include "mien/models.h"
#include "mien/network.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// --model, how it is run, and what a model without a card must be told of.
struct ModelOptions {
  std::string model{kDefaultExpressionModel};
  std::string engine = "auto";
  std::string precision = "float32";
  int threads = 1;
  std::vector<std::string> labels;
  std::string input_size;
  std::string normalisation = "standardise";

  /// `default_threads` suits the command: 0 is all processors.
  void add_to(CLI::App& command, int default_threads = 1);

  /// Throws Error (usage) for an option that makes no sense.
  NetworkOptions network() const;
};

}  // namespace mien::apps
