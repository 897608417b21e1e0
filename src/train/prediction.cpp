#include "train/prediction.h"

#include <algorithm>

#include "train/face_tensors.h"

namespace mien::train {
namespace {

constexpr std::int64_t kBatchSize = 256;

}  // namespace

Predictions predict(ExpressionNetwork& network, const FaceDataset& dataset,
                    const Preprocessing& input, const torch::Device& device, Precision precision) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  const auto faces = face_tensors(dataset, input.contrast, device);
  Predictions predictions;
  for (std::int64_t first = 0; first < faces.pictures.size(0); first += kBatchSize) {
    const auto pictures =
        faces.pictures.slice(0, first, std::min(first + kBatchSize, faces.pictures.size(0)));
    const auto inputs = normalised(input.normalisation, pictures.to(torch::kFloat));
    const Autocast autocast(precision, device);
    const auto logits = network.forward(inputs).logits.to(torch::kCPU, torch::kFloat).contiguous();
    const auto* values = logits.data_ptr<float>();
    predictions.logits.insert(predictions.logits.end(), values, values + logits.numel());
  }
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    predictions.labels.push_back(dataset.get(i).label);
  }
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
