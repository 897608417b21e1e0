#pragma once

#include <filesystem>
#include <string>

#include "data_format.h"
#include "mien/expression_classifier.h"

namespace mien::apps {

struct VotesTask {
  std::filesystem::path data;
  std::string split;
  DataFormatOptions format;
  bool json = false;
};

/// Whether the labels are FER+'s eight classes, and the model has an output for them.
bool votes_are_wanted(const ModelCard& card, const VotesTask& task);

/// Measures the model's `votes` on the rows of FER-2013 whose votes have a majority for one of
/// FER+'s eight classes (see majority()). Throws Error as the readers do, and model when the
/// model's vote_labels are not those classes.
void evaluate_votes(ExpressionClassifier& classifier, const VotesTask& task);

}  // namespace mien::apps
