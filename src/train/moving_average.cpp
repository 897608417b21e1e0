#include "train/moving_average.h"

#include <algorithm>

namespace mien::train {
namespace {

std::vector<torch::Tensor> tensors(const torch::nn::Module& network) {
  auto all = network.parameters();
  for (const auto& buffer : network.buffers()) all.push_back(buffer);
  return all;
}

}  // namespace

MovingAverage::MovingAverage(double decay, torch::nn::Module& network, torch::nn::Module& average)
    : decay_(decay), network_(network), average_(average) {
  const torch::NoGradGuard no_gradient;
  const auto source = tensors(network_);
  const auto target = tensors(average_);
  for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
}

void MovingAverage::update() {
  const torch::NoGradGuard no_gradient;
  ++updates_;
  // At the start the average follows closely, or it would remember the random weights for long.
  const auto count = static_cast<double>(updates_);
  const double decay = std::min(decay_, (1 + count) / (10 + count));
  const auto source = tensors(network_);
  const auto target = tensors(average_);
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (target[i].is_floating_point()) {
      target[i].lerp_(source[i], 1 - decay);
    } else {
      target[i].copy_(source[i]);
    }
  }
}

}  // namespace mien::train
