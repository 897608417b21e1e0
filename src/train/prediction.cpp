#include "train/prediction.h"

#include <cmath>
#include <numeric>

#include "train/batch.h"

namespace mien::train {
namespace {

constexpr std::size_t kBatchSize = 256;

Probabilities probabilities_of(const Predictions& predictions, std::size_t face,
                               double temperature) {
  return softmax(std::span(predictions.logits).subspan(face * kExpressionCount, kExpressionCount),
                 temperature);
}

double cross_entropy_at(const Predictions& predictions, double temperature) {
  double sum = 0;
  for (std::size_t i = 0; i < predictions.labels.size(); ++i) {
    const auto own = probabilities_of(predictions, i,
                                      temperature)[static_cast<std::size_t>(predictions.labels[i])];
    sum -= std::log(std::max(own, 1e-12F));
  }
  return sum / static_cast<double>(predictions.labels.size());
}

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

double accuracy(const Predictions& predictions) {
  std::size_t correct = 0;
  for (std::size_t i = 0; i < predictions.labels.size(); ++i) {
    correct += most_probable(probabilities_of(predictions, i, 1.0)) == predictions.labels[i];
  }
  return static_cast<double>(correct) / static_cast<double>(predictions.labels.size());
}

double cross_entropy(const Predictions& predictions) { return cross_entropy_at(predictions, 1.0); }

std::map<std::string, double> measure(const Predictions& predictions, double temperature) {
  return {{"accuracy", accuracy(predictions)}, {"nll", cross_entropy_at(predictions, temperature)}};
}

}  // namespace mien::train
