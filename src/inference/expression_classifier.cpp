#include "mien/expression_classifier.h"

#include <algorithm>
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
  for (std::size_t e = 0; e < kExpressionCount; ++e) ordered[e] = logits[output_of[e]];
  return softmax(ordered, card.temperature);
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
  const auto size = views * static_cast<std::size_t>(card.input.width) *
                    static_cast<std::size_t>(card.input.height);
  const std::size_t batch = std::max<std::size_t>(1, kMostValues / size);
  std::vector<Probabilities> result;
  result.reserve(faces);
  std::vector<Probabilities> opinions;
  for (std::size_t first = 0; first < faces; first += batch) {
    const auto logits = network.run(inputs_of(first, std::min(batch, faces - first), card.input));
    for (std::span<const float> rest = logits; !rest.empty();) {
      opinions.push_back(calibrated(rest.first(kExpressionCount), output_of_[member], card));
      rest = rest.subspan(kExpressionCount);
      if (opinions.size() < views) continue;
      result.push_back(mean_of(opinions));
      opinions.clear();
    }
  }
  return result;
}

}  // namespace mien
