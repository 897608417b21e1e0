#include "train/attributes/attribute_loss.h"

#include "train/attributes/attribute_network.h"

namespace mien::train {

AttributeLoss::AttributeLoss(const AttributeLossOptions& options, const AgeScale& ages)
    : options_(options), ages_(ages) {}

torch::Tensor AttributeLoss::operator()(const torch::Tensor& gender, const torch::Tensor& age,
                                        const AttributeTargets& targets) const {
  namespace functional = torch::nn::functional;
  const auto gender_loss = functional::cross_entropy(
      gender.to(torch::kFloat), targets.gender,
      functional::CrossEntropyFuncOptions().label_smoothing(options_.label_smoothing));
  const auto age_loss = functional::cross_entropy(age.to(torch::kFloat), age_shares(targets.age));
  const auto years_off = (expected_age(age, ages_) - targets.age).abs().mean();
  return options_.gender * gender_loss + options_.age * age_loss + options_.years * years_off;
}

torch::Tensor AttributeLoss::age_shares(const torch::Tensor& years) const {
  const auto known = years.clamp(ages_.youngest, ages_.oldest).unsqueeze(1);
  const auto scale = torch::arange(ages_.youngest, ages_.oldest + 1,
                                   torch::TensorOptions(torch::kFloat).device(years.device()));
  return torch::softmax(-((scale - known) / options_.age_deviation).square() / 2, 1);
}

}  // namespace mien::train
