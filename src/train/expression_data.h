#pragma once

#include <filesystem>
#include <memory>

#include "dataset/face_dataset.h"
#include "train/recipe.h"
#include "train/train_observer.h"

namespace mien::train {

struct ExpressionFiles {
  std::filesystem::path main;   ///< fer2013.csv, or the folder of another data set
  std::filesystem::path votes;  ///< FER+ votes, where the recipe uses them
};

/// What a recipe for expressions learns from, and what it is measured on.
struct ExpressionData {
  std::shared_ptr<const FaceDataset> training;
  std::shared_ptr<const FaceDataset> validation;
};

/// Reads the recipe's splits, and leaves duplicates out of the training split as it says; the
/// validation split stays as it is. What was left out is told. Throws Error as the readers do, and
/// (model) when nothing is left to learn from.
ExpressionData read_expression_data(const Recipe& recipe, const ExpressionFiles& files,
                                    TrainObserver& observer);

}  // namespace mien::train
