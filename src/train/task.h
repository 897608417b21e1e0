#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "train/measures.h"
#include "train/run_folder.h"

namespace mien::train {

/// What a step gives: scalars, means of the step's samples. They may still be in the making on the
/// device; whoever reads one waits for it.
struct Step {
  torch::Tensor loss;
  std::vector<std::pair<std::string, torch::Tensor>> measures;
};

/// How good a network is.
struct Validation {
  Measures measures;
  double score = 0;  ///< the higher, the better: chooses the weights that are kept
  double loss = 0;   ///< what a schedule that waits for a plateau looks at
};

/// What a network learns: its data, its loss, and how it is measured. The run around it (epochs,
/// optimiser, checkpoints) is the same for all tasks.
class Task {
 public:
  virtual ~Task() = default;

  virtual std::shared_ptr<torch::nn::Module> make_network() const = 0;
  /// Samples in an epoch.
  virtual std::size_t size() const = 0;
  /// Of what an exported model holds.
  virtual std::int64_t parameter_count(const torch::nn::Module& network) const = 0;
  /// Of the same, for one picture; of a detector, for one of 640 x 480.
  virtual std::int64_t multiply_adds(torch::nn::Module& network) const = 0;
  /// `epoch` and the samples' indices decide all that is random, with the generator.
  virtual Step learn(torch::nn::Module& network, std::span<const std::size_t> indices, int epoch,
                     at::Generator& generator) = 0;
  virtual Validation validate(torch::nn::Module& network) = 0;
  /// Measures the best weights in float32, as they will be exported.
  virtual RunResult measure(torch::nn::Module& network) = 0;
};

}  // namespace mien::train
