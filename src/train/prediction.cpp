#include "train/prediction.h"

#include <numeric>

#include "train/batch.h"

namespace mien::train {
namespace {

constexpr std::size_t kBatchSize = 256;

}  // namespace

Predictions predict(ExpressionNetwork& network, const FaceDataset& dataset,
                    const Preprocessing& input, const torch::Device& device, Precision precision) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  const BatchMaker batches(dataset, input, {});
  auto generator = at::detail::createCPUGenerator(0);
  std::vector<std::size_t> indices(dataset.size());
  std::iota(indices.begin(), indices.end(), 0);
  Predictions predictions;
  for (std::size_t first = 0; first < indices.size(); first += kBatchSize) {
    const auto count = std::min(kBatchSize, indices.size() - first);
    const auto batch = batches.make(std::span(indices).subspan(first, count), generator);
    const Autocast autocast(precision, device);
    const auto logits =
        network.forward(batch.inputs.to(device)).logits.to(torch::kCPU, torch::kFloat).contiguous();
    const auto* values = logits.data_ptr<float>();
    predictions.logits.insert(predictions.logits.end(), values, values + logits.numel());
  }
  for (const auto index : indices) predictions.labels.push_back(dataset.get(index).label);
  return predictions;
}

Evaluation evaluate(const Predictions& predictions, double temperature) {
  std::vector<Probabilities> probabilities;
  for (std::size_t i = 0; i < predictions.labels.size(); ++i) {
    probabilities.push_back(
        softmax(std::span(predictions.logits).subspan(i * kExpressionCount, kExpressionCount),
                temperature));
  }
  return mien::evaluate(probabilities, predictions.labels);
}

}  // namespace mien::train
