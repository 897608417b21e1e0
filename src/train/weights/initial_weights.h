#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mien::train {

/// What became of one tensor of a file of weights.
struct InitialTensor {
  std::string name;                  ///< in the file
  std::vector<std::int64_t> shape;   ///< in the file
  std::string into;                  ///< the network's name; empty: it has none like it
  std::vector<std::int64_t> wanted;  ///< the network's shape
  bool used = false;
  bool fitted = false;  ///< summed over channels or places, so that its shape is the network's
};

struct InitialWeights {
  std::vector<InitialTensor> tensors;  ///< of the file
  std::vector<std::string> random;     ///< tensors of the network that the file does not give

  std::size_t used() const;
  std::size_t mismatched() const;
  std::size_t skipped() const;
  /// "62 tensors used, 2 skipped, ..."
  std::string summary() const;
  std::string to_json() const;
};

/// Weights of another architecture's file in the shape of the network's own: gives a tensor as it
/// is when there is nothing to fit.
using Fit = std::function<torch::Tensor(const std::string& name, const torch::Tensor& weights)>;

/// Copies into the network what a file gives for it by name and shape: PyTorch's state dicts
/// (.pth), safetensors, or the best weights of a run (its folder, or best.pt). Names are compared
/// without `prefix`, which the network's own may have. Weights for colour pictures are summed over
/// their three channels where the network's are gray, which is the same for a gray picture. Throws
/// Error: input when the file cannot be read, model when it is broken or nothing in it fits.
InitialWeights initialise(torch::nn::Module& network, const std::filesystem::path& weights,
                          const std::string& prefix = "", const Fit& fit = {});

}  // namespace mien::train
