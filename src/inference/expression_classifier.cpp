#include "mien/expression_classifier.h"

#include <algorithm>
#include <utility>

#include "mien/error.h"
#include "mien/face_crop.h"

namespace mien {
namespace {

std::size_t input_size(const Preprocessing& input) {
  return static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
}

/// A picture that is already cut to the face is taken whole.
FaceCrop whole(const ImageView& picture) {
  return upright_crop({0, 0, picture.width, picture.height}, {}, {});
}

}  // namespace

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
  const auto& input = card().input;
  const std::size_t size = input_size(input);
  std::vector<float> inputs(faces.size() * size);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto part = crop_.straighten ? straightened_crop(faces[i], crop_.framing, input)
                                       : upright_crop(faces[i].box, crop_.framing, input);
    const Image crop = crop_face(picture, part, input.width, input.height);
    prepare_input(crop.pixels(), input, std::span(inputs).subspan(i * size, size));
  }
  const auto probabilities = run(inputs);

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
  const auto& input = card().input;
  const std::size_t size = input_size(input);
  std::vector<float> inputs(crops.size() * size);
  for (std::size_t i = 0; i < crops.size(); ++i) {
    const Image crop = crop_face(crops[i], whole(crops[i]), input.width, input.height);
    prepare_input(crop.pixels(), input, std::span(inputs).subspan(i * size, size));
  }
  return run(inputs);
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
