#pragma once

#include <torch/torch.h>

#include <memory>

#include "train/recipe.h"

namespace mien::train {

/// Biases and normalisations are not decayed.
std::unique_ptr<torch::optim::Optimizer> make_optimiser(const OptimiserOptions& options,
                                                        const torch::nn::Module& network);

void set_learning_rate(torch::optim::Optimizer& optimiser, double rate);

}  // namespace mien::train
