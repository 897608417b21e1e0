#pragma once

#include <memory>

#include "train/architecture/architecture.h"

namespace mien::train {

/// An architecture with its last layers: the expression, and in training also the FER+ votes.
class ExpressionNetwork final : public torch::nn::Module {
 public:
  /// FER+'s first eight columns; `unknown` and `not a face` are no expressions.
  static constexpr int kVoteClasses = 8;

  struct Outputs {
    torch::Tensor logits;  ///< N x 7
    torch::Tensor votes;   ///< N x 8
  };

  ExpressionNetwork(const ArchitectureOptions& options, double dropout);

  /// `pictures` is N x 1 x H x W, normalised.
  Outputs forward(const torch::Tensor& pictures);

  /// The expression alone.
  Value logits(Layers& layers, const Value& pictures);

  struct Heads {
    Value logits;
    Value votes;
  };
  /// What forward() gives, through any layers.
  Heads heads(Layers& layers, const Value& pictures);

  /// Both without the head for the votes.
  std::int64_t parameter_count() const;
  /// For one face.
  std::int64_t multiply_adds(int height, int width);

  /// See Architecture::fitted().
  torch::Tensor fitted(const std::string& name, const torch::Tensor& weights) const {
    return architecture_->fitted(name, weights);
  }

  /// While it is frozen, only the last layers learn; the architecture is as in evaluation. To be
  /// set after train().
  void set_frozen(bool frozen);

 private:
  std::shared_ptr<Architecture> architecture_;
  torch::nn::Dropout dropout_;
  torch::nn::Linear expression_;
  torch::nn::Linear votes_;
};

/// Convolution weights in the layout in which a processor runs them fastest.
void use_channels_last(torch::nn::Module& network);

}  // namespace mien::train
