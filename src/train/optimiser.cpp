#include "train/optimiser.h"

#include <sstream>
#include <string>
#include <type_traits>
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

/// What LibTorch finds a tensor's state by: its address, which LibTorch 1 writes out.
template <typename Key>
Key key_of(torch::TensorImpl* address) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << address;
    return text.str();
  } else {
    return address;
  }
}

/// LibTorch's SGD, all tensors of a group at once: one by one, a graphics processor spends more
/// time on starting than on computing.
class GroupedSgd final : public torch::optim::SGD {
 public:
  using SGD::SGD;

  torch::Tensor step(LossClosure closure = nullptr) override {
    const torch::NoGradGuard no_gradient;
    for (auto& group : param_groups_) {
      step_group(group, static_cast<const torch::optim::SGDOptions&>(group.options()));
    }
    return closure ? closure() : torch::Tensor();
  }

 private:
  void step_group(torch::optim::OptimizerParamGroup& group,
                  const torch::optim::SGDOptions& options) {
    std::vector<torch::Tensor> weights;
    std::vector<torch::Tensor> gradients;
    std::vector<torch::Tensor> velocities;
    for (auto& weight : group.params()) {
      if (!weight.grad().defined()) continue;
      weights.push_back(weight);
      gradients.push_back(weight.grad());
      if (options.momentum() > 0) velocities.push_back(velocity_of(weight));
    }
    if (weights.empty()) return;
    if (options.weight_decay() > 0) at::_foreach_add_(gradients, weights, options.weight_decay());
    if (options.momentum() > 0) {
      at::_foreach_mul_(velocities, options.momentum());
      at::_foreach_add_(velocities, gradients, 1);
      at::_foreach_add_(gradients, velocities, options.momentum());
    }
    at::_foreach_add_(weights, gradients, -options.lr());
  }

  /// Zero at first.
  torch::Tensor velocity_of(const torch::Tensor& weight) {
    using Key = typename std::decay_t<decltype(state_)>::key_type;
    auto& state = state_[key_of<Key>(weight.unsafeGetTensorImpl())];
    if (!state) {
      auto made = std::make_unique<torch::optim::SGDParamState>();
      made->momentum_buffer(torch::zeros_like(weight));
      state = std::move(made);
    }
    return static_cast<torch::optim::SGDParamState&>(*state).momentum_buffer();
  }
};

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
    return make<GroupedSgd>(network, torch::optim::SGDOptions(rate)
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
