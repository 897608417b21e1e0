#include "train/moving_average.h"

#include <algorithm>

namespace mien::train {
namespace {

/// Counters of batches, which are no floating-point numbers, are of no use in an average.
std::vector<torch::Tensor> averaged(const torch::nn::Module& network) {
  std::vector<torch::Tensor> all;
  for (const auto& parameter : network.parameters()) all.push_back(parameter.detach());
  for (const auto& buffer : network.buffers()) {
    if (buffer.is_floating_point()) all.push_back(buffer);
  }
  return all;
}

}  // namespace

MovingAverage::MovingAverage(double decay, torch::nn::Module& network, torch::nn::Module& average)
    : decay_(decay), network_(network), average_(average) {
  const torch::NoGradGuard no_gradient;
  const auto source = averaged(network_);
  const auto target = averaged(average_);
  for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
}

void MovingAverage::update() {
  const torch::NoGradGuard no_gradient;
  ++updates_;
  // At the start the average follows closely, or it would remember the random weights for long.
  const auto count = static_cast<double>(updates_);
  const double decay = std::min(decay_, (1 + count) / (10 + count));
  const auto target = averaged(average_);
  at::_foreach_mul_(target, decay);
  at::_foreach_add_(target, averaged(network_), 1 - decay);
}

}  // namespace mien::train
