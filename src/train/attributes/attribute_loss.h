#pragma once

#include <torch/torch.h>

#include "mien/model_card.h"
#include "train/recipe.h"

namespace mien::train {

/// What a step learns from. Both have N rows.
struct AttributeTargets {
  torch::Tensor gender;  ///< class of each face
  torch::Tensor age;     ///< years, float
};

/// Cross entropy of the gender, and for the age cross entropy with a normal distribution about the
/// labelled one, since neighbouring ages look alike (Gao et al., 2018, "Age Estimation Using
/// Expectation of Label Distribution Learning"), and how far the expected age is off.
class AttributeLoss {
 public:
  AttributeLoss(const AttributeLossOptions& options, const AgeScale& ages);

  /// A scalar, float32, of logits N x 2 and N x ages.
  torch::Tensor operator()(const torch::Tensor& gender, const torch::Tensor& age,
                           const AttributeTargets& targets) const;

 private:
  torch::Tensor age_shares(const torch::Tensor& years) const;

  AttributeLossOptions options_;
  AgeScale ages_;
};

}  // namespace mien::train
