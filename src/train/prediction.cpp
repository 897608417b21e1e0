#include "train/prediction.h"

#include <algorithm>

#include "dataset/fer_plus.h"
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
    const auto outputs = network.forward(inputs);
    const auto logits = outputs.logits.to(torch::kCPU, torch::kFloat).contiguous();
    const auto* values = logits.data_ptr<float>();
    predictions.logits.insert(predictions.logits.end(), values, values + logits.numel());
    const auto classes = outputs.votes.argmax(1).to(torch::kCPU).contiguous();
    const auto* first_class = classes.data_ptr<std::int64_t>();
    predictions.vote_classes.insert(predictions.vote_classes.end(), first_class,
                                    first_class + classes.numel());
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

FerPlusAccuracy ferplus_accuracy(const Predictions& predictions, const FaceDataset& dataset) {
  FerPlusAccuracy result;
  std::size_t right = 0;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const auto votes = dataset.get(i).votes;
    const auto agreed = votes ? majority(*votes) : std::nullopt;
    if (!agreed) continue;
    ++result.n;
    if (predictions.vote_classes[i] == static_cast<std::int64_t>(*agreed)) ++right;
  }
  if (result.n > 0) result.accuracy = static_cast<double>(right) / static_cast<double>(result.n);
  return result;
}

}  // namespace mien::train
