#include "train/expression_network.h"

#include "mien/expression.h"
#include "train/architecture/counting_layers.h"

namespace mien::train {

ExpressionNetwork::ExpressionNetwork(const ArchitectureOptions& options, double dropout)
    : architecture_(register_module("architecture", make_architecture(options))),
      dropout_(register_module("dropout", torch::nn::Dropout(dropout))),
      expression_(register_module("expression",
                                  torch::nn::Linear(architecture_->feature_count(),
                                                    static_cast<std::int64_t>(kExpressionCount)))),
      votes_(register_module("votes",
                             torch::nn::Linear(architecture_->feature_count(), kVoteClasses))) {}

ExpressionNetwork::Outputs ExpressionNetwork::forward(const torch::Tensor& pictures) {
  RunningLayers layers;
  const auto said = heads(layers, {pictures, {}});
  return {said.logits.tensor, said.votes.tensor};
}

ExpressionNetwork::Heads ExpressionNetwork::heads(Layers& layers, const Value& pictures) {
  const auto features = layers.dropout(architecture_->features(layers, pictures), dropout_);
  auto logits = layers.linear(features, expression_);
  return {std::move(logits), layers.linear(features, votes_)};
}

Value ExpressionNetwork::logits(Layers& layers, const Value& pictures) {
  const auto features = layers.dropout(architecture_->features(layers, pictures), dropout_);
  return layers.linear(features, expression_);
}

std::int64_t ExpressionNetwork::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& parameter : architecture_->parameters()) count += parameter.numel();
  for (const auto& parameter : expression_->parameters()) count += parameter.numel();
  return count;
}

std::int64_t ExpressionNetwork::multiply_adds(int height, int width) {
  return count_multiply_adds(
      *this, 1, height, width,
      [this](Layers& layers, const Value& pictures) { logits(layers, pictures); });
}

void ExpressionNetwork::set_frozen(bool frozen) {
  architecture_->train(is_training() && !frozen);
  for (auto& parameter : architecture_->parameters()) parameter.requires_grad_(!frozen);
}

void use_channels_last(torch::nn::Module& network) {
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : network.parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
}

}  // namespace mien::train
