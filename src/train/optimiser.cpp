#include "train/optimiser.h"

#include <vector>

#include "mien/error.h"

namespace mien::train {
namespace {

/// One group that is decayed and one that is not.
template <typename Options>
std::vector<torch::optim::OptimizerParamGroup> parameter_groups(const torch::nn::Module& network,
                                                                const Options& options) {
  std::vector<torch::Tensor> weights;
  std::vector<torch::Tensor> others;
  for (const auto& parameter : network.parameters()) {
    (parameter.dim() > 1 ? weights : others).push_back(parameter);
  }
  auto undecayed = options;
  undecayed.weight_decay(0);
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(weights, std::make_unique<Options>(options));
  groups.emplace_back(others, std::make_unique<Options>(undecayed));
  return groups;
}

template <typename Optimiser, typename Options>
std::unique_ptr<torch::optim::Optimizer> make(const torch::nn::Module& network,
                                              const Options& options) {
  return std::make_unique<Optimiser>(parameter_groups(network, options), options);
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimiser(const OptimiserOptions& options,
                                                        const torch::nn::Module& network) {
  const double rate = options.learning_rate;
  const double decay = options.weight_decay;
  if (options.name == "sgd") {
    return make<torch::optim::SGD>(network, torch::optim::SGDOptions(rate)
                                                .momentum(options.momentum)
                                                .nesterov(options.momentum > 0)
                                                .weight_decay(decay));
  }
  if (options.name == "adam") {
    return make<torch::optim::Adam>(network, torch::optim::AdamOptions(rate).weight_decay(decay));
  }
  if (options.name == "adamw") {
    return make<torch::optim::AdamW>(network, torch::optim::AdamWOptions(rate).weight_decay(decay));
  }
  throw Error(ErrorCode::usage, "recipe: optimiser '" + options.name + "' is unknown");
}

void set_learning_rate(torch::optim::Optimizer& optimiser, double rate) {
  for (auto& group : optimiser.param_groups()) group.options().set_lr(rate);
}

}  // namespace mien::train
