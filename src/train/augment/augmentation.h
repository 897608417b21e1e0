#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "train/recipe.h"

namespace mien::train {

/// What an augmentation changes. Targets are distributions, so that pictures can be mixed.
struct AugmentedBatch {
  torch::Tensor pictures;  ///< N x 1 x H x W, float, gray levels 0..255
  torch::Tensor labels;    ///< N x 7, each row sums to 1
  torch::Tensor votes;     ///< N x 8, each row sums to 1, or to 0 where there are none
};

class Augmentation {
 public:
  virtual ~Augmentation() = default;
  /// Changes the batch; the same generator state gives the same result.
  virtual void apply(AugmentedBatch& batch, at::Generator& generator) const = 0;
};

std::unique_ptr<Augmentation> make_augmentation(const AugmentationOptions& options);

/// Several, one after the other.
std::vector<std::unique_ptr<Augmentation>> make_augmentations(
    const std::vector<AugmentationOptions>& options);

}  // namespace mien::train
