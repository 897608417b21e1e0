#include "train/epoch_order.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace mien::train {

at::Generator generator_on(const torch::Device& device, std::uint64_t seed) {
  if (device.is_cpu()) return at::detail::createCPUGenerator(seed);
  // LibTorch makes others only through CUDA's own headers, which a build without it lacks.
  auto generator = at::globalContext().defaultGenerator(device);
  generator.set_current_seed(seed);
  return generator;
}

std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed, int epoch) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  std::mt19937_64 random(epoch_seed(seed, epoch));
  std::shuffle(indices.begin(), indices.end(), random);
  return indices;
}

std::uint64_t epoch_seed(std::uint64_t seed, int epoch) {
  // splitmix64's finaliser: neighbouring seeds and epochs give unrelated numbers.
  std::uint64_t mixed = seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(epoch) + 1;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

torch::Tensor index_tensor(std::span<const std::size_t> indices, const torch::Device& device) {
  auto tensor = torch::empty({static_cast<std::int64_t>(indices.size())}, torch::kLong);
  std::transform(indices.begin(), indices.end(), tensor.data_ptr<std::int64_t>(),
                 [](std::size_t index) { return static_cast<std::int64_t>(index); });
  return tensor.to(device);
}

}  // namespace mien::train
