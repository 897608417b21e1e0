#include "train/loss.h"

namespace mien::train {
namespace {

torch::Tensor balanced_weights(const FaceDataset& dataset) {
  auto counts = torch::zeros({static_cast<std::int64_t>(kExpressionCount)});
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    counts.data_ptr<float>()[static_cast<std::size_t>(dataset.get(i).label)] += 1;
  }
  const auto present = (counts > 0).sum().item<double>();
  return static_cast<double>(dataset.size()) / (present * counts.clamp_min(1.0));
}

}  // namespace

Loss::Loss(const LossOptions& options, const FaceDataset& dataset)
    : options_(options),
      class_weights_(options.class_weights == "balanced"
                         ? balanced_weights(dataset)
                         : torch::ones({static_cast<std::int64_t>(kExpressionCount)})) {}

torch::Tensor Loss::operator()(const ExpressionNetwork::Outputs& outputs,
                               const torch::Tensor& labels, const torch::Tensor& votes) const {
  const double smoothing = options_.label_smoothing;
  const auto targets = labels * (1 - smoothing) + smoothing / static_cast<double>(kExpressionCount);
  const auto log_probabilities = torch::log_softmax(outputs.logits.to(torch::kFloat), 1);
  const auto weights = labels.matmul(class_weights_.to(labels.device()));
  auto loss = ((targets * -log_probabilities).sum(1) * weights).mean();
  if (options_.votes_weight > 0) {
    const auto log_shares = torch::log_softmax(outputs.votes.to(torch::kFloat), 1);
    loss = loss + options_.votes_weight * (votes * -log_shares).sum(1).mean();
  }
  return loss;
}

}  // namespace mien::train
