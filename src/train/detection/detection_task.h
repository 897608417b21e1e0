#pragma once

#include "train/architecture/face_architecture.h"
#include "train/detection/detection_data.h"
#include "train/detection/detection_loss.h"
#include "train/precision.h"
#include "train/recipe.h"
#include "train/task.h"

namespace mien::train {

/// Learns to find faces and their landmarks.
class DetectionTask final : public Task {
 public:
  /// All must outlive the task.
  DetectionTask(const Recipe& recipe, const DetectionData& data, const torch::Device& device,
                Precision precision);

  std::shared_ptr<torch::nn::Module> make_network() const override;
  std::size_t size() const override { return data_.training.size(); }
  std::int64_t parameter_count(const torch::nn::Module& network) const override;
  std::int64_t multiply_adds(torch::nn::Module& network) const override;
  Step learn(torch::nn::Module& network, std::span<const std::size_t> indices, int epoch,
             at::Generator& generator) override;
  /// Average precision for faces from 20, 40 and 80 pixels; their mean is the score.
  Validation validate(torch::nn::Module& network) override;
  /// The same in float32, the best threshold, and how far landmarks are off.
  RunResult measure(torch::nn::Module& network) override;

 private:
  const Recipe& recipe_;
  const DetectionData& data_;
  torch::Device device_;
  Precision precision_;
  SceneMaker scenes_;
  DetectionLoss loss_;
};

}  // namespace mien::train
