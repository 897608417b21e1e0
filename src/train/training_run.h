#pragma once

#include <torch/torch.h>

#include <chrono>
#include <memory>

#include "train/checkpoint.h"
#include "train/early_stopping.h"
#include "train/metrics_log.h"
#include "train/moving_average.h"
#include "train/recipe.h"
#include "train/run_folder.h"
#include "train/schedule.h"
#include "train/task.h"
#include "train/train_observer.h"

namespace mien::train {

/// One run of a task, from its first epoch or from a checkpoint to its last.
class TrainingRun {
 public:
  /// All must outlive the run.
  TrainingRun(const Recipe& recipe, const RunFolder& folder, Task& task,
              const torch::Device& device, double seconds_between_checkpoints,
              TrainObserver& observer);

  /// Continues from the folder's checkpoint, or from the start when it was killed before the first.
  void resume();
  /// To the last epoch. `description` is told at the start.
  void train(const std::string& precision);
  /// Measures the best weights and writes the result.
  RunResult finish();

 private:
  struct Running;

  std::shared_ptr<torch::nn::Module> make_network() const;
  TrainingState state();
  Progress progress() const;
  torch::nn::Module& judged_network();
  std::string description(const std::string& precision) const;
  bool is_measured(int epoch) const;
  EpochMetrics run_epoch(int epoch);
  Running learn_from(std::span<const std::size_t> order, int epoch, at::Generator& generator,
                     std::chrono::steady_clock::time_point started);
  void keep_checkpoint();
  void report(int epoch, std::size_t images, Running& running,
              std::chrono::steady_clock::time_point started);
  void learn(std::span<const std::size_t> indices, int epoch, at::Generator& generator,
             Running& running);

  const Recipe& recipe_;
  const RunFolder& folder_;
  Task& task_;
  torch::Device device_;
  double seconds_between_checkpoints_;
  std::chrono::steady_clock::time_point checkpoint_kept_ = std::chrono::steady_clock::now();
  TrainObserver& observer_;
  std::shared_ptr<torch::nn::Module> network_;
  std::shared_ptr<torch::nn::Module> average_network_;
  std::unique_ptr<MovingAverage> average_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  std::unique_ptr<Schedule> schedule_;
  EarlyStopping stopping_;
  int epochs_done_ = 0;
};

}  // namespace mien::train
