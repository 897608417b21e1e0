#include "mien/expression_classifier.h"

#include <algorithm>
#include <utility>

#include "core/calibration.h"
#include "core/face_views.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Values of inputs that are prepared at a time: 16 MiB.
constexpr std::size_t kMostValues = std::size_t{4} << 20;

std::size_t input_size(const Preprocessing& input) {
  return static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
}

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
  const auto probabilities = answers(faces.size(), [&](std::size_t i, const Preprocessing& input) {
    return Place{picture, crop_.straighten ? straightened_crop(faces[i], crop_.framing, input)
                                           : upright_crop(faces[i].box, crop_.framing, input)};
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
  return answers(crops.size(), [&](std::size_t i, const Preprocessing& input) {
    const auto& picture = crops[i];
    return Place{picture, upright_crop({0, 0, picture.width, picture.height}, {}, input)};
  });
}

std::vector<Probabilities> ExpressionClassifier::answers(std::size_t faces,
                                                         const PlaceOf& place_of) {
  if (model_.networks.size() == 1) return ask(0, faces, place_of);
  std::vector<std::vector<Probabilities>> said;
  for (std::size_t member = 0; member < model_.networks.size(); ++member) {
    said.push_back(ask(member, faces, place_of));
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

void ExpressionClassifier::prepare(std::size_t face, const PlaceOf& place_of,
                                   const Preprocessing& input, std::vector<float>& inputs) const {
  const std::size_t size = input_size(input);
  const auto place = place_of(face, input);
  for (const auto& view : views_of(place.crop, crop_.augmentation)) {
    const Image shown = view_face(place.picture, view, input.width, input.height);
    inputs.resize(inputs.size() + size);
    prepare_input(shown.pixels(), input, std::span(inputs).last(size));
  }
}

std::vector<Probabilities> ExpressionClassifier::ask(std::size_t member, std::size_t faces,
                                                     const PlaceOf& place_of) {
  auto& network = *model_.networks[member];
  const auto& card = network.card();
  const std::size_t views = view_count(crop_.augmentation);
  const std::size_t batch =
      std::max<std::size_t>(1, kMostValues / (views * input_size(card.input)));
  std::vector<Probabilities> result;
  result.reserve(faces);
  std::vector<float> inputs;
  std::vector<Probabilities> opinions;
  for (std::size_t first = 0; first < faces; first += batch) {
    const std::size_t end = std::min(first + batch, faces);
    inputs.clear();
    for (std::size_t i = first; i < end; ++i) prepare(i, place_of, card.input, inputs);
    const auto logits = network.run(inputs);
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
