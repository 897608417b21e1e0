#include "mien/expression_classifier.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/calibration.h"
#include "core/face_views.h"
#include "inference/face_inputs.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Values of inputs that are prepared at a time: 16 MiB.
constexpr std::size_t kMostValues = std::size_t{4} << 20;

/// The network's output for each expression.
std::array<std::size_t, kExpressionCount> outputs_of(const ModelCard& card) {
  std::array<std::size_t, kExpressionCount> outputs{};
  for (const auto expression : all_expressions()) {
    const auto found = std::find(card.labels.begin(), card.labels.end(), name(expression));
    if (found == card.labels.end() || card.labels.size() != kExpressionCount) {
      throw Error(ErrorCode::model, "the model '" + card.name +
                                        "' does not name the seven expressions, each once; give "
                                        "an expression model");
    }
    outputs[static_cast<std::size_t>(expression)] =
        static_cast<std::size_t>(found - card.labels.begin());
  }
  return outputs;
}

Probabilities calibrated(std::span<const float> logits,
                         const std::array<std::size_t, kExpressionCount>& output_of,
                         const ModelCard& card) {
  std::array<float, kExpressionCount> ordered{};
  for (std::size_t e = 0; e < kExpressionCount; ++e) {
    ordered[e] = logits[output_of[e]];
    if (!card.logit_offsets.empty()) {
      ordered[e] += static_cast<float>(card.logit_offsets[output_of[e]]);
    }
  }
  return softmax(ordered, card.temperature);
}

/// Of all outputs together.
std::size_t values_of_face(const ModelCard& card) {
  const auto sizes = output_sizes(card);
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
}

/// Adds softmax(logits) times `weight`.
void add_softmax(std::span<const float> logits, float weight, std::vector<float>& shares) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  std::vector<float> exponentials;
  for (const float logit : logits) exponentials.push_back(std::exp(logit - largest));
  const float sum = std::accumulate(exponentials.begin(), exponentials.end(), 0.0F);
  for (std::size_t i = 0; i < logits.size(); ++i) shares[i] += weight * exponentials[i] / sum;
}

}  // namespace

ExpressionClassifier::ExpressionClassifier(ExpressionModel model, const CropOptions& crop)
    : model_(std::move(model)), crop_(crop) {
  for (const auto& network : model_.networks) output_of_.push_back(outputs_of(network->card()));
}

std::vector<Face> ExpressionClassifier::classify(const ImageView& picture,
                                                 std::span<const DetectedFace> faces) {
  const auto probabilities =
      answers(faces.size(), [&](std::size_t first, std::size_t count, const Preprocessing& input) {
        return face_inputs(picture, faces.subspan(first, count), crop_, input);
      });
  std::vector<Face> result(faces.size());
  for (std::size_t i = 0; i < faces.size(); ++i) {
    auto& face = result[i];
    face.box = faces[i].box;
    face.score = faces[i].score;
    face.landmarks = faces[i].landmarks;
    face.probabilities = probabilities[i];
    face.expression = most_probable(face.probabilities);
    face.confidence = face.probabilities[static_cast<std::size_t>(face.expression)];
    face.uncertain = face.confidence < card().uncertain_below;
  }
  return result;
}

std::vector<Probabilities> ExpressionClassifier::classify_crops(std::span<const ImageView> crops) {
  return answers(crops.size(),
                 [&](std::size_t first, std::size_t count, const Preprocessing& input) {
                   return frame_inputs(crops.subspan(first, count), crop_.augmentation, input);
                 });
}

std::vector<std::vector<float>> ExpressionClassifier::classify_votes(
    std::span<const ImageView> crops) {
  const auto& labels = card().vote_labels;
  for (const auto& network : model_.networks) {
    if (!labels.empty() && network->card().vote_labels == labels) continue;
    throw Error(ErrorCode::model, "the model '" + network->card().name +
                                      "' does not say how people would vote; give one that does");
  }
  std::vector<std::vector<float>> votes(crops.size(), std::vector<float>(labels.size()));
  for (const auto& network : model_.networks) add_votes(*network, crops, votes);
  return votes;
}

void ExpressionClassifier::add_votes(Network& network, std::span<const ImageView> crops,
                                     std::vector<std::vector<float>>& votes) const {
  const auto& card = network.card();
  const std::size_t views = view_count(crop_.augmentation);
  const float weight = 1.0F / static_cast<float>(views * model_.networks.size());
  const std::size_t row = values_of_face(card);
  const std::size_t batch = batch_of(card.input);
  for (std::size_t first = 0; first < crops.size(); first += batch) {
    const auto some = crops.subspan(first, std::min(batch, crops.size() - first));
    const auto values = network.run(frame_inputs(some, crop_.augmentation, card.input));
    for (std::size_t view = 0; view < some.size() * views; ++view) {
      const auto logits =
          std::span(values).subspan(view * row + card.labels.size(), card.vote_labels.size());
      add_softmax(logits, weight, votes[first + view / views]);
    }
  }
}

/// Faces that are prepared at a time.
std::size_t ExpressionClassifier::batch_of(const Preprocessing& input) const {
  const auto size = view_count(crop_.augmentation) * static_cast<std::size_t>(input.width) *
                    static_cast<std::size_t>(input.height);
  return std::max<std::size_t>(1, kMostValues / size);
}

std::vector<Probabilities> ExpressionClassifier::answers(std::size_t faces,
                                                         const InputsOf& inputs_of) {
  if (model_.networks.size() == 1) return ask(0, faces, inputs_of);
  std::vector<std::vector<Probabilities>> said;
  for (std::size_t member = 0; member < model_.networks.size(); ++member) {
    said.push_back(ask(member, faces, inputs_of));
  }
  std::vector<Probabilities> result;
  result.reserve(faces);
  std::vector<Probabilities> opinions(said.size());
  for (std::size_t i = 0; i < faces; ++i) {
    for (std::size_t member = 0; member < said.size(); ++member) opinions[member] = said[member][i];
    result.push_back(tempered(mean_of(opinions), card().temperature));
  }
  return result;
}

std::vector<Probabilities> ExpressionClassifier::ask(std::size_t member, std::size_t faces,
                                                     const InputsOf& inputs_of) {
  auto& network = *model_.networks[member];
  const auto& card = network.card();
  const std::size_t views = view_count(crop_.augmentation);
  const std::size_t batch = batch_of(card.input);
  const std::size_t row = values_of_face(card);
  std::vector<Probabilities> result;
  result.reserve(faces);
  std::vector<Probabilities> opinions;
  for (std::size_t first = 0; first < faces; first += batch) {
    const auto logits = network.run(inputs_of(first, std::min(batch, faces - first), card.input));
    for (std::span<const float> rest = logits; !rest.empty();) {
      opinions.push_back(calibrated(rest.first(kExpressionCount), output_of_[member], card));
      rest = rest.subspan(row);
      if (opinions.size() < views) continue;
      result.push_back(mean_of(opinions));
      opinions.clear();
    }
  }
  return result;
}

}  // namespace mien
