#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/recipe.h"
#include "train/run_folder.h"
#include "train/train_observer.h"

namespace mien::train {

struct TrainData {
  std::filesystem::path main = {};   ///< fer2013.csv, or the folder of a data set
  std::filesystem::path votes = {};  ///< FER+ votes, where a recipe for expressions uses them
  std::filesystem::path landmarks =
      {};  ///< the folder of landmarks.csv, where one for detection does
};

struct TrainOptions {
  Recipe recipe;
  TrainData data;
  std::filesystem::path out;  ///< the run's folder
  /// Runs that teach, or folders of such; for a recipe with distillation.weight.
  std::vector<std::filesystem::path> teachers = {};
  /// Weights to begin with; a run that is resumed needs them no more. Empty: random ones.
  std::filesystem::path init = {};
  bool resume = false;          ///< continue the run in `out`
  std::string device = "auto";  ///< auto (CUDA when present), cpu or cuda
  /// Of the processor; 0: all cores, or as many as the run was begun with. Another number rounds
  /// otherwise.
  int threads = 0;
  /// A checkpoint is written after an epoch, but not sooner than so many seconds after the last.
  double seconds_between_checkpoints = 0;
};

/// Trains, and measures the best weights on the validation split at the end; for expressions it
/// fits the temperature there too. A run that is finished
/// already is only measured again. On the processor the same seed and thread count give the same
/// result, also when the run was killed and resumed. Throws Error.
RunResult train(const TrainOptions& options, TrainObserver& observer);

}  // namespace mien::train
