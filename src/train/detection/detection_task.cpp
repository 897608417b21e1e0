#include "train/detection/detection_task.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "train/detection/detection_measure.h"
#include "train/epoch_order.h"
#include "train/jpeg_pictures.h"

namespace mien::train {
namespace {

FaceArchitecture& as_face_architecture(torch::nn::Module& network) {
  return dynamic_cast<FaceArchitecture&>(network);
}

/// N x 3 x S x S as floats, the channels of a pixel side by side.
torch::Tensor pictures_of(const std::vector<Scene>& scenes, int size) {
  auto bytes =
      torch::empty({static_cast<std::int64_t>(scenes.size()), size, size, 3}, torch::kByte);
  auto* out = bytes.data_ptr<std::uint8_t>();
  for (const auto& scene : scenes) {
    const auto pixels = scene.canvas.pixels();
    out = std::copy(pixels.begin(), pixels.end(), out);
  }
  return bytes.permute({0, 3, 1, 2}).to(torch::kFloat);
}

}  // namespace

DetectionTask::DetectionTask(const Recipe& recipe, const DetectionData& data,
                             const torch::Device& device, Precision precision)
    : recipe_(recipe),
      data_(data),
      device_(device),
      precision_(precision),
      scenes_(recipe.scene, data.training, data.training_faces, compressed),
      loss_(recipe.detection_loss,
            GridCells(recipe.scene.size, recipe.scene.size,
                      make_face_architecture(recipe.architecture)->strides())) {}

std::shared_ptr<torch::nn::Module> DetectionTask::make_network() const {
  return make_face_architecture(recipe_.architecture);
}

std::int64_t DetectionTask::parameter_count(const torch::nn::Module& network) const {
  return dynamic_cast<const FaceArchitecture&>(network).parameter_count();
}

std::int64_t DetectionTask::multiply_adds(torch::nn::Module& network) const {
  return dynamic_cast<FaceArchitecture&>(network).multiply_adds();
}

Step DetectionTask::learn(torch::nn::Module& network, std::span<const std::size_t> indices,
                          int epoch, at::Generator& /*generator*/) {
  const auto seed = epoch_seed(recipe_.seed, epoch);
  std::vector<Scene> scenes(indices.size());
  at::parallel_for(
      0, static_cast<std::int64_t>(indices.size()), 1, [&](std::int64_t first, std::int64_t last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
          scenes[i] = scenes_.make(indices[i], seed);
        }
      });
  const auto outputs = [&] {
    const Autocast autocast(precision_, device_);
    return joined_grids(
        as_face_architecture(network).forward(pictures_of(scenes, recipe_.scene.size).to(device_)));
  }();
  const auto parts = loss_(outputs, scenes);
  return {parts.total,
          {{"score_loss", torch::tensor(parts.score)},
           {"box_loss", torch::tensor(parts.box)},
           {"landmarks_loss", torch::tensor(parts.landmarks)}}};
}

Validation DetectionTask::validate(torch::nn::Module& network) {
  Validation validation;
  validation.measures =
      measure_detection(as_face_architecture(network), data_.validation, {device_, precision_});
  for (const auto& [name, value] : validation.measures) {
    validation.score += value / static_cast<double>(validation.measures.size());
  }
  validation.loss = 1 - validation.score;
  return validation;
}

RunResult DetectionTask::measure(torch::nn::Module& network) {
  const MeasuringContext context{device_, Precision::float32};
  auto& detector = as_face_architecture(network);
  auto measures = measure_threshold(detector, data_.validation, context);
  if (!data_.validation_faces.empty()) {
    const auto landmarks = measure_landmarks(detector, data_.validation_faces, context);
    measures.insert(measures.end(), landmarks.begin(), landmarks.end());
  }
  RunResult result;
  result.metrics = {measures.begin(), measures.end()};
  return result;
}

}  // namespace mien::train
