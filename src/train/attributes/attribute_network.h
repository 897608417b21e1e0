#pragma once

#include <memory>
#include <utility>

#include "mien/model_card.h"
#include "train/architecture/architecture.h"

namespace mien::train {

/// An architecture with two heads: the gender, and a distribution over ages.
class AttributeNetwork final : public torch::nn::Module {
 public:
  static constexpr int kGenders = 2;

  /// For each head a value: gender N x 2, age N x ages.count(), both logits.
  struct Heads {
    Value gender;
    Value age;
  };

  AttributeNetwork(const ArchitectureOptions& options, double dropout, const AgeScale& ages);

  /// `pictures` is N x 1 x H x W, normalised, or the name of such an input.
  Heads heads(Layers& layers, const Value& pictures);

  std::int64_t parameter_count() const;
  const AgeScale& ages() const { return ages_; }

 private:
  AgeScale ages_;
  std::shared_ptr<Architecture> architecture_;
  torch::nn::Dropout dropout_;
  torch::nn::Linear gender_;
  torch::nn::Linear age_;
};

/// N: the mean of a distribution over ages given by logits (Rothe et al., 2015, "DEX: Deep
/// EXpectation of Apparent Age"), in years. Computed in float32.
torch::Tensor expected_age(const torch::Tensor& logits, const AgeScale& ages);

}  // namespace mien::train
