#include "train/expression_data.h"

#include <utility>

#include "dataset/duplicates.h"
#include "dataset/face_subset.h"
#include "dataset/fer2013.h"
#include "mien/error.h"

namespace mien::train {
namespace {

FerSplit split_named(const std::string& name) { return *fer_split_from_name(name); }

std::shared_ptr<const FaceDataset> without_duplicates(std::shared_ptr<const FaceDataset> training,
                                                      const Recipe& recipe,
                                                      TrainObserver& observer) {
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

}  // namespace

ExpressionData read_expression_data(const Recipe& recipe, const ExpressionFiles& files,
                                    TrainObserver& observer) {
  const bool needs_votes = recipe.loss.votes_weight > 0;
  auto splits =
      read_fer2013({files.main, needs_votes ? files.votes : ""},
                   {split_named(recipe.train_split), split_named(recipe.validation_split)},
                   [&](auto done, auto total) { observer.on_reading(done, total); });
  auto training = std::make_shared<Fer2013>(std::move(splits[0]));
  return {without_duplicates(std::move(training), recipe, observer),
          std::make_shared<Fer2013>(std::move(splits[1]))};
}

}  // namespace mien::train
