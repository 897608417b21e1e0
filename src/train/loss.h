#pragma once

#include <torch/torch.h>

#include "dataset/face_dataset.h"
#include "train/augment/augmentation.h"
#include "train/expression_network.h"
#include "train/recipe.h"

namespace mien::train {

/// Cross entropy with label smoothing and class weights, mixed with the one against what teachers
/// say, and the FER+ votes as a second target.
class Loss {
 public:
  /// Counts the classes of `dataset` when the recipe asks for balanced weights.
  Loss(const LossOptions& options, const DistillationOptions& distillation,
       const FaceDataset& dataset);

  /// A scalar. Only the targets of the batch are used; they are distributions. The teachers'
  /// answers are needed where distillation has a weight.
  torch::Tensor operator()(const ExpressionNetwork::Outputs& outputs,
                           const AugmentedBatch& targets) const;

 private:
  torch::Tensor label_loss(const torch::Tensor& logits, const torch::Tensor& labels) const;
  torch::Tensor answer_loss(const torch::Tensor& logits, const torch::Tensor& answers) const;

  LossOptions options_;
  DistillationOptions distillation_;
  torch::Tensor class_weights_;  // 7, their mean over the dataset's rows is 1
};

}  // namespace mien::train
