#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace mien::train {

/// An exponential moving average of a network's weights, which generalises better than the last.
class MovingAverage {
 public:
  /// `average` starts as a copy of `network`.
  MovingAverage(double decay, torch::nn::Module& network, torch::nn::Module& average);

  void update();

  std::int64_t updates() const { return updates_; }
  void restore(std::int64_t updates) { updates_ = updates; }

 private:
  double decay_;
  torch::nn::Module& network_;
  torch::nn::Module& average_;
  std::int64_t updates_ = 0;
};

}  // namespace mien::train
