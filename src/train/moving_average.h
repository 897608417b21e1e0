#pragma once

#include <cstdint>

#include "train/expression_network.h"

namespace mien::train {

/// An exponential moving average of a network's weights, which generalises better than the last.
class MovingAverage {
 public:
  /// `average` starts as a copy of `network`.
  MovingAverage(double decay, ExpressionNetwork& network, ExpressionNetwork& average);

  void update();

  std::int64_t updates() const { return updates_; }
  void restore(std::int64_t updates) { updates_ = updates; }

 private:
  double decay_;
  ExpressionNetwork& network_;
  ExpressionNetwork& average_;
  std::int64_t updates_ = 0;
};

}  // namespace mien::train
