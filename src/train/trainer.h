#pragma once

#include <filesystem>
#include <string>

#include "dataset/fer2013.h"
#include "train/metrics_log.h"
#include "train/recipe.h"
#include "train/run_folder.h"

namespace mien::train {

struct TrainOptions {
  Recipe recipe;
  Fer2013Files data;
  std::filesystem::path out;    ///< the run's folder
  bool resume = false;          ///< continue the run in `out`
  std::string device = "auto";  ///< auto (CUDA when present), cpu or cuda
  /// Of the processor; 0: all cores, or as many as the run was begun with. Another number rounds
  /// otherwise.
  int threads = 0;
};

/// How far an epoch is.
struct BatchProgress {
  int epoch = 0;
  int epochs = 0;
  std::size_t images_done = 0;
  std::size_t images = 0;
  double loss = 0;  ///< mean of the epoch so far
  double accuracy = 0;
  double images_per_second = 0;
};

/// Is told how training goes.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void on_reading(std::uintmax_t done, std::uintmax_t total) = 0;
  /// Something that the user should know; the run goes on.
  virtual void on_note(const std::string& note) = 0;
  virtual void on_start(const std::string& description) = 0;
  virtual void on_batch(const BatchProgress& progress) = 0;
  virtual void on_epoch(const EpochMetrics& metrics, int epochs) = 0;
};

/// Trains, and fits the temperature on the validation split at the end. A run that is finished
/// already is only measured again. On the processor the same seed and thread count give the same
/// result, also when the run was killed and resumed. Throws Error.
RunResult train(const TrainOptions& options, TrainObserver& observer);

}  // namespace mien::train
