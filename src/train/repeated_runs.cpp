#include "train/repeated_runs.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/atomic_file.h"
#include "dataset/face_split.h"
#include "dataset/labelled_faces.h"
#include "mien/error.h"
#include "train/recipe_change.h"

namespace mien::train {
namespace {

struct PlannedRun {
  std::string folder;
  Recipe recipe;
};

std::vector<PlannedRun> runs_by_seed(const Recipe& recipe,
                                     const std::vector<std::uint64_t>& seeds) {
  if (std::set(seeds.begin(), seeds.end()).size() < seeds.size()) {
    throw Error(ErrorCode::usage, "the same seed twice; give each once");
  }
  std::vector<PlannedRun> runs;
  for (const auto seed : seeds) {
    const auto text = std::to_string(seed);
    runs.push_back({"seed-" + text, with_key(recipe, "", "seed", text)});
  }
  return runs;
}

std::string quoted(const SplitName& split) { return '"' + to_text(split) + '"'; }

std::vector<PlannedRun> runs_by_fold(const TrainOptions& options, std::size_t folds,
                                     TrainObserver& observer) {
  const auto& recipe = options.recipe;
  if (recipe.task != "expression") {
    throw Error(ErrorCode::usage, "--folds: of recipes for expressions alone");
  }
  const bool by_subject = tells_subjects(format_of(options.data.main, recipe.data.format));
  observer.on_note(by_subject ? "the folds are divided by subject"
                              : "the folds are divided so that each has the same share of every "
                                "label");
  SplitName split{parse_split(recipe.train_split).own, HeldOut{}};
  split.held_out->kind = by_subject ? HeldOut::Kind::subject_fold : HeldOut::Kind::fold;
  split.held_out->folds = folds;
  std::vector<PlannedRun> runs;
  for (std::size_t fold = 1; fold <= folds; ++fold) {
    split.held_out->fold = fold;
    split.held_out->is_rest = false;
    // The two keys are checked together, and the one is never without the other.
    const auto measured = with_key(recipe, "data", "validation", quoted(split));
    split.held_out->is_rest = true;
    runs.push_back(
        {"fold-" + std::to_string(fold), with_key(measured, "data", "train", quoted(split))});
  }
  return runs;
}

RunResult run_one(TrainOptions options, PlannedRun planned, TrainObserver& observer) {
  options.recipe = std::move(planned.recipe);
  options.out /= planned.folder;
  options.resume = options.resume && std::filesystem::exists(RunFolder(options.out).recipe());
  return train(options, observer);
}

Spread spread_of(const std::vector<double>& values) {
  double sum = 0;
  for (const auto value : values) sum += value;
  const auto count = static_cast<double>(values.size());
  Spread spread{sum / count, 0};
  if (values.size() < 2) return spread;
  double squares = 0;
  for (const auto value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / (count - 1));
  return spread;
}

std::map<std::string, Spread> metrics_of(const std::vector<RepeatedRun>& runs) {
  std::map<std::string, std::vector<double>> values;
  for (const auto& run : runs) {
    for (const auto& [name, value] : run.result.metrics) values[name].push_back(value);
  }
  std::map<std::string, Spread> metrics;
  for (const auto& [name, of_runs] : values) {
    if (of_runs.size() == runs.size()) metrics[name] = spread_of(of_runs);
  }
  return metrics;
}

std::string to_json(const RepeatedResult& result) {
  nlohmann::ordered_json object;
  for (const auto& run : result.runs) {
    object["runs"].push_back({{"folder", run.folder},
                              {"best_epoch", run.result.best_epoch},
                              {"metrics", run.result.metrics}});
  }
  for (const auto& [name, spread] : result.metrics) {
    object["mean"][name] = spread.mean;
    object["deviation"][name] = spread.deviation;
  }
  return object.dump(2) + '\n';
}

}  // namespace

RepeatedResult train_repeatedly(const TrainOptions& options, const Repetition& repetition,
                                TrainObserver& observer) {
  auto planned = repetition.folds > 0 ? runs_by_fold(options, repetition.folds, observer)
                                      : runs_by_seed(options.recipe, repetition.seeds);
  RepeatedResult result;
  for (auto& run : planned) {
    const auto folder = run.folder;
    observer.on_note("run " + folder);
    result.runs.push_back({folder, run_one(options, std::move(run), observer)});
  }
  result.metrics = metrics_of(result.runs);
  write_file_atomically(options.out / "summary.json", to_json(result));
  return result;
}

}  // namespace mien::train
