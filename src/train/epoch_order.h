#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mien::train {

/// A generator on the device where the random numbers are used.
at::Generator generator_on(const torch::Device& device, std::uint64_t seed);

/// 0..count-1 in an order that depends on the seed and the epoch alone.
std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed, int epoch);

/// A seed for what happens in one epoch, so that a run can be continued from any of them.
std::uint64_t epoch_seed(std::uint64_t seed, int epoch);

/// For index_select() on that device.
torch::Tensor index_tensor(std::span<const std::size_t> indices, const torch::Device& device);

}  // namespace mien::train
