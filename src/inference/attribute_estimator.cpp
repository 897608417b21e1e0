#include "mien/attribute_estimator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inference/face_inputs.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Of the logits of male and female.
float female_probability(std::span<const float> logits, double temperature) {
  return static_cast<float>(1 / (1 + std::exp((logits[0] - logits[1]) / temperature)));
}

/// The mean of the distribution over ages that the logits give.
float expected_age(std::span<const float> logits, const AgeScale& ages) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  double years = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double weight = std::exp(logits[i] - largest);
    sum += weight;
    years += weight * (ages.youngest + static_cast<double>(i));
  }
  return static_cast<float>(years / sum);
}

}  // namespace

AttributeModel load_attribute_model(const AttributeOptions& options, NetworkOptions network) {
  if (!options.wanted.any()) return {};
  network.card.reset();  // that of an expression model
  if (network.precision == Precision::int8) network.precision = Precision::float32;
  return {make_network(find_model(options.model), network, kAttributesTask), options.wanted};
}

AttributeEstimator::AttributeEstimator(AttributeModel model, const CropOptions& crop)
    : network_(std::move(model.network)), wanted_(model.wanted), crop_(crop) {
  crop_.augmentation = TestTimeAugmentation::none;
  if (card().task != kAttributesTask) {
    throw Error(ErrorCode::model, "the model '" + card().name +
                                      "' does not estimate gender and age; give one that does");
  }
}

std::vector<Attributes> AttributeEstimator::estimate(const ImageView& picture,
                                                     std::span<const DetectedFace> faces) {
  return run(face_inputs(picture, faces, crop_, card().input));
}

std::vector<Attributes> AttributeEstimator::estimate_crops(std::span<const ImageView> crops) {
  return run(crop_inputs(crops, card().input));
}

std::vector<Attributes> AttributeEstimator::run(std::span<const float> inputs) {
  const auto values = network_->run(inputs);
  const auto genders = card().labels.size();
  const auto size = genders + static_cast<std::size_t>(card().ages.count());
  std::vector<Attributes> result(values.size() / size);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto row = std::span(values).subspan(i * size, size);
    if (wanted_.gender) {
      result[i].gender = gender_estimate(female_probability(row, card().temperature));
    }
    if (wanted_.age) result[i].age = expected_age(row.subspan(genders), card().ages);
  }
  return result;
}

}  // namespace mien
