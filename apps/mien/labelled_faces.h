#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data_format.h"
#include "dataset/face_dataset.h"
#include "mien/expression_classifier.h"

namespace mien::apps {

/// The faces of --data and --split, prepared for a model of that input; without a split PublicTest
/// of fer2013.csv, all of a folder. What is left out is said. Throws Error: usage for an unknown
/// format or split, input or model as the readers do.
std::shared_ptr<const FaceDataset> read_labelled_faces(const std::filesystem::path& data,
                                                       const std::string& split,
                                                       const Preprocessing& input,
                                                       const DataFormatOptions& format = {});

/// fer2013new.csv: that of the options, or one beside the data; empty where there is none.
std::filesystem::path votes_of(const std::filesystem::path& data, const DataFormatOptions& options);

/// What the model says of each face of a dataset.
struct Answers {
  std::vector<Probabilities> probabilities;
  std::vector<Expression> labels;
  double images_per_second = 0;
};

/// Asks about every `every`th face, with a progress bar of that title.
Answers ask(ExpressionClassifier& classifier, const FaceDataset& faces, const std::string& title,
            std::size_t every = 1);

}  // namespace mien::apps
