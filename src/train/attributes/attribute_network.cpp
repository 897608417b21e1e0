#include "train/attributes/attribute_network.h"

namespace mien::train {

AttributeNetwork::AttributeNetwork(const ArchitectureOptions& options, double dropout,
                                   const AgeScale& ages)
    : ages_(ages),
      architecture_(register_module("architecture", make_architecture(options))),
      dropout_(register_module("dropout", torch::nn::Dropout(dropout))),
      gender_(
          register_module("gender", torch::nn::Linear(architecture_->feature_count(), kGenders))),
      age_(register_module("age",
                           torch::nn::Linear(architecture_->feature_count(), ages.count()))) {}

AttributeNetwork::Heads AttributeNetwork::heads(Layers& layers, const Value& pictures) {
  const auto features = layers.dropout(architecture_->features(layers, pictures), dropout_);
  auto gender = layers.linear(features, gender_);
  return {std::move(gender), layers.linear(features, age_)};
}

std::int64_t AttributeNetwork::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& parameter : parameters()) count += parameter.numel();
  return count;
}

torch::Tensor expected_age(const torch::Tensor& logits, const AgeScale& ages) {
  const auto shares = torch::softmax(logits.to(torch::kFloat), 1);
  const auto years = torch::arange(ages.youngest, ages.oldest + 1,
                                   torch::TensorOptions(torch::kFloat).device(logits.device()));
  return (shares * years).sum(1);
}

}  // namespace mien::train
