#include "mien/expression_classifier.h"

#include <algorithm>
#include <utility>

#include "inference/face_inputs.h"
#include "mien/error.h"

namespace mien {

ExpressionClassifier::ExpressionClassifier(std::unique_ptr<Network> network,
                                           const CropOptions& crop)
    : network_(std::move(network)), crop_(crop) {
  const auto& labels = card().labels;
  for (const auto expression : all_expressions()) {
    const auto found = std::find(labels.begin(), labels.end(), name(expression));
    if (found == labels.end() || labels.size() != kExpressionCount) {
      throw Error(ErrorCode::model, "the model '" + card().name +
                                        "' does not name the seven expressions, each once; give "
                                        "an expression model");
    }
    output_of_[static_cast<std::size_t>(expression)] =
        static_cast<std::size_t>(found - labels.begin());
  }
}

std::vector<Face> ExpressionClassifier::classify(const ImageView& picture,
                                                 std::span<const DetectedFace> faces) {
  const auto probabilities = run(face_inputs(picture, faces, crop_, card().input));

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
  return run(crop_inputs(crops, card().input));
}

std::vector<Probabilities> ExpressionClassifier::run(std::span<const float> inputs) {
  const auto logits = network_->run(inputs);
  std::vector<Probabilities> result(logits.size() / kExpressionCount);
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::array<float, kExpressionCount> ordered{};
    for (std::size_t e = 0; e < kExpressionCount; ++e) {
      ordered[e] = logits[i * kExpressionCount + output_of_[e]];
    }
    result[i] = softmax(ordered, card().temperature);
  }
  return result;
}

}  // namespace mien
