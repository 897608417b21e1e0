#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands.h"
#include "mien/network.h"

namespace mien::apps {

/// What `mien evaluate --task attributes` is asked.
struct AttributesTask {
  std::filesystem::path data;  ///< the folder of UTKFace
  std::string split;           ///< training, validation, test or all; empty is validation
  std::string model;           ///< a name or a path
  NetworkOptions network;
  std::vector<std::string> group_by = {"gender", "race", "age"};
  bool json = false;
};

/// Measures how well a model says which gender faces were labelled as and how old, of all faces and
/// of each group. Pictures are taken whole, as aligned crops. What cannot be read is said and told
/// to `outcome`. Throws Error: usage for an unknown split or group, input when no picture can be
/// read, and what the model throws.
void evaluate_attributes_task(const AttributesTask& task, Outcome& outcome);

}  // namespace mien::apps
