#include "train/expression_data.h"

#include <utility>

#include "dataset/duplicates.h"
#include "dataset/face_subset.h"
#include "dataset/labelled_faces.h"
#include "mien/error.h"
#include "train/training_picture.h"

namespace mien::train {
namespace {

using Faces = std::shared_ptr<const FaceDataset>;

Faces without_duplicates(Faces training, const Recipe& recipe, TrainObserver& observer) {
  const auto rule = *duplicate_rule_from_name(recipe.data.duplicates);
  if (rule == DuplicateRule::keep) return training;
  auto result = deduplicate(*training, rule);
  observer.on_note(recipe.train_split + ": of " + std::to_string(training->size()) + " faces " +
                   std::to_string(result.repeated) + " are copies of earlier ones and " +
                   std::to_string(result.conflicting) + " have copies with other labels (groups: " +
                   std::to_string(result.conflicting_groups) + "); " +
                   std::to_string(result.kept.size()) +
                   " stay (data.duplicates = " + recipe.data.duplicates + ")");
  if (result.kept.empty()) {
    throw Error(ErrorCode::model, recipe.train_split +
                                      ": data.duplicates leaves no face to learn from; set it to "
                                      "keep");
  }
  return std::make_shared<FaceSubset>(std::move(training), std::move(result.kept));
}

/// Only FER-2013 has votes.
std::filesystem::path votes_for(const Recipe& recipe, const ExpressionFiles& files) {
  const auto format = format_of(files.main, recipe.data.format);
  const bool needs_votes = recipe.loss.votes_weight > 0;
  if (needs_votes && format != kFer2013Format && format != kFerPlusFormat) {
    throw Error(ErrorCode::usage,
                files.main.string() +
                    ": has no votes of FER+, which the recipe uses; set loss.votes_weight to 0");
  }
  return needs_votes || format == kFerPlusFormat ? files.votes : std::filesystem::path();
}

}  // namespace

ExpressionData read_expression_data(const Recipe& recipe, const ExpressionFiles& files,
                                    TrainObserver& observer) {
  auto splits =
      read_faces({.data = files.main,
                  .format = recipe.data.format,
                  .votes = votes_for(recipe, files),
                  .splits = {recipe.train_split, recipe.validation_split},
                  .width = recipe.input.width,
                  .height = recipe.input.height,
                  .read = read_training_picture,
                  .progress = [&](auto done, auto total) { observer.on_reading(done, total); },
                  .note = [&](const std::string& line) { observer.on_note(line); }});
  return {without_duplicates(std::move(splits[0]), recipe, observer), std::move(splits[1])};
}

}  // namespace mien::train
