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

Loss::Loss(const LossOptions& options, const DistillationOptions& distillation,
           const FaceDataset& dataset)
    : options_(options),
      distillation_(distillation),
      class_weights_(options.class_weights == "balanced"
                         ? balanced_weights(dataset)
                         : torch::ones({static_cast<std::int64_t>(kExpressionCount)})) {}

torch::Tensor Loss::label_loss(const torch::Tensor& logits, const torch::Tensor& labels) const {
  const double smoothing = options_.label_smoothing;
  const auto targets = labels * (1 - smoothing) + smoothing / static_cast<double>(kExpressionCount);
  const auto weights = labels.matmul(class_weights_.to(labels.device()));
  return ((targets * -torch::log_softmax(logits, 1)).sum(1) * weights).mean();
}

torch::Tensor Loss::answer_loss(const torch::Tensor& logits, const torch::Tensor& answers) const {
  const double temperature = distillation_.temperature;
  const auto softened = torch::softmax(answers.clamp_min(1e-8).log() / temperature, 1);
  const auto difference = softened * -torch::log_softmax(logits / temperature, 1);
  return difference.sum(1).mean() * temperature * temperature;
}

torch::Tensor Loss::operator()(const ExpressionNetwork::Outputs& outputs,
                               const AugmentedBatch& targets) const {
  const auto logits = outputs.logits.to(torch::kFloat);
  const double share = distillation_.weight;
  auto loss = share < 1 ? (1 - share) * label_loss(logits, targets.labels) : torch::Tensor();
  if (share > 0) {
    const auto answered = share * answer_loss(logits, targets.answers);
    loss = loss.defined() ? loss + answered : answered;
  }
  if (options_.votes_weight > 0) {
    const auto log_shares = torch::log_softmax(outputs.votes.to(torch::kFloat), 1);
    loss = loss + options_.votes_weight * (targets.votes * -log_shares).sum(1).mean();
  }
  return loss;
}

}  // namespace mien::train
