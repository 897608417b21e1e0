#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "train/recipe.h"

namespace mien::train {

/// What an augmentation changes, on the generator's device. Targets are distributions, so that
/// pictures can be mixed.
struct AugmentedBatch {
  torch::Tensor pictures;      ///< N x 1 x H x W, float, gray levels 0..255
  torch::Tensor labels;        ///< N x 7, each row sums to 1
  torch::Tensor votes;         ///< N x 8, each row sums to 1, or to 0 where there are none
  torch::Tensor answers = {};  ///< N x 7, what teachers say; undefined without them
};

class Augmentation {
 public:
  virtual ~Augmentation() = default;
  /// Changes the batch; the same generator state gives the same result.
  virtual void apply(AugmentedBatch& batch, at::Generator& generator) const = 0;
  /// In so many of a run's last epochs it is left out.
  virtual int last_epochs_without() const = 0;
};

using Augmentations = std::vector<std::unique_ptr<Augmentation>>;

std::unique_ptr<Augmentation> make_augmentation(const AugmentationOptions& options);

Augmentations make_augmentations(const std::vector<AugmentationOptions>& options);

/// One after the other; the run's last epoch has one epoch left.
void apply(const Augmentations& augmentations, AugmentedBatch& batch, at::Generator& generator,
           int epochs_left);

}  // namespace mien::train
