#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "dataset/face_dataset.h"
#include "mien/preprocessing.h"
#include "train/augment/augmentation.h"

namespace mien::train {

/// What one step learns from.
struct Batch {
  torch::Tensor inputs;  ///< N x 1 x H x W, normalised
  torch::Tensor labels;  ///< N x 7, each row sums to 1
  torch::Tensor votes;   ///< N x 8, each row sums to 1, or to 0 where there are none
};

/// Makes batches from a dataset: contrast, augmentation and normalisation.
class BatchMaker {
 public:
  /// The dataset must outlive the maker. Without augmentations the batches are those that serving
  /// sees.
  BatchMaker(const FaceDataset& dataset, const Preprocessing& input,
             std::vector<std::unique_ptr<Augmentation>> augmentations);

  Batch make(std::span<const std::size_t> indices, at::Generator& generator) const;

 private:
  const FaceDataset& dataset_;
  Preprocessing input_;
  std::vector<std::unique_ptr<Augmentation>> augmentations_;
};

/// 0..count-1 in an order that depends on the seed and the epoch alone.
std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed, int epoch);

/// A seed for what happens in one epoch, so that a run can be continued from any of them.
std::uint64_t epoch_seed(std::uint64_t seed, int epoch);

}  // namespace mien::train
