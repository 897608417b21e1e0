#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "train/trainer.h"

namespace mien::train {

/// The same recipe several times, each in a folder of its own within the run's: seed-1, seed-2, ...
/// or fold-1, fold-2, ...
struct Repetition {
  std::vector<std::uint64_t> seeds;  ///< one run for each
  /// k-fold cross-validation of the training split instead, with the recipe's seed: each run is
  /// measured on another part and learns from the others. Where the data set tells whose faces they
  /// are, nobody is in two parts; else each part has the same share of every label. 0: none.
  std::size_t folds = 0;
};

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< of the sample: over n - 1; 0 of a single run
};

struct RepeatedRun {
  std::string folder;
  RunResult result;
};

struct RepeatedResult {
  std::vector<RepeatedRun> runs;
  std::map<std::string, Spread> metrics;  ///< those that all runs have
};

/// Runs them one after the other, and writes summary.json into options.out. With options.resume,
/// what was begun goes on and the others are begun. Throws Error as train() does, and (usage) when
/// the recipe cannot be repeated so.
RepeatedResult train_repeatedly(const TrainOptions& options, const Repetition& repetition,
                                TrainObserver& observer);

}  // namespace mien::train
