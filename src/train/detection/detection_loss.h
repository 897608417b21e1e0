#pragma once

#include <torch/torch.h>

#include <span>
#include <vector>

#include "train/detection/assignment.h"
#include "train/recipe.h"

namespace mien::train {

/// The grids of a batch, N x 15 x H/s x W/s each, as one tensor N x cells x 15 of floats.
torch::Tensor joined_grids(const std::vector<torch::Tensor>& grids);

/// The score by the quality focal loss (Li et al., 2020, "Generalized Focal Loss"), boxes by
/// efficient IoU (Zhang et al., 2021), landmarks by a smooth L1 of their distance in box sizes.
class DetectionLoss {
 public:
  struct Parts {
    torch::Tensor total;
    double score = 0;
    double box = 0;
    double landmarks = 0;
  };

  DetectionLoss(const DetectionLossOptions& options, const GridCells& cells)
      : options_(options), cells_(cells) {}

  /// `outputs` is what joined_grids() gives for the scenes, on any device.
  Parts operator()(const torch::Tensor& outputs, std::span<const Scene> scenes) const;

 private:
  DetectionLossOptions options_;
  GridCells cells_;
};

}  // namespace mien::train
