#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "train/schedule.h"

namespace mien::train {

/// All that a run needs to go on after an epoch, as if it had never stopped.
struct Progress {
  int epochs_done = 0;
  std::int64_t average_updates = 0;
  double best_accuracy = -1;
  int epochs_without_gain = 0;
  ScheduleState schedule{};
};

/// What is saved; `average` is null when the recipe has none.
struct TrainingState {
  torch::nn::Module& network;
  torch::nn::Module* average;
  torch::optim::Optimizer& optimiser;
};

/// Both write the whole file or leave the old one, and throw Error.
void save_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                     const Progress& progress);
void save_weights(const std::filesystem::path& path, torch::nn::Module& network);

/// Both throw Error (input when the file cannot be read, model when it is not what it should be).
Progress load_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                         const torch::Device& device);
void load_weights(const std::filesystem::path& path, torch::nn::Module& network,
                  const torch::Device& device);

}  // namespace mien::train
