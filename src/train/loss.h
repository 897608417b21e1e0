#pragma once

#include <torch/torch.h>

#include "dataset/face_dataset.h"
#include "train/batch.h"
#include "train/expression_network.h"
#include "train/recipe.h"

namespace mien::train {

/// Cross entropy with label smoothing and class weights, and the FER+ votes as a second target.
class Loss {
 public:
  /// Counts the classes of `dataset` when the recipe asks for balanced weights.
  Loss(const LossOptions& options, const FaceDataset& dataset);

  /// A scalar; targets may be distributions.
  torch::Tensor operator()(const ExpressionNetwork::Outputs& outputs, const torch::Tensor& labels,
                           const torch::Tensor& votes) const;

 private:
  LossOptions options_;
  torch::Tensor class_weights_;  // 7, their mean over the dataset's rows is 1
};

}  // namespace mien::train
