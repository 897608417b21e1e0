#pragma once

#include <optional>

#include "dataset/face_dataset.h"
#include "train/distillation.h"
#include "train/expression_network.h"
#include "train/face_tensors.h"
#include "train/loss.h"
#include "train/precision.h"
#include "train/recipe.h"
#include "train/task.h"

namespace mien::train {

/// Learns which of seven expressions a face shows.
class ExpressionTask final : public Task {
 public:
  /// All must outlive the task, the teachers not, which may be none.
  ExpressionTask(const Recipe& recipe, const FaceDataset& training, const FaceDataset& validation,
                 const torch::Device& device, Precision precision, const Teachers* teachers,
                 const Distillation::Progress& progress);

  std::shared_ptr<torch::nn::Module> make_network() const override;
  std::size_t size() const override { return training_size_; }
  std::int64_t parameter_count(const torch::nn::Module& network) const override;
  std::int64_t multiply_adds(torch::nn::Module& network) const override;
  Step learn(torch::nn::Module& network, std::span<const std::size_t> indices, int epoch,
             at::Generator& generator) override;
  Validation validate(torch::nn::Module& network) override;
  /// Fits the temperature as well.
  RunResult measure(torch::nn::Module& network) override;

 private:
  /// What the step at `indices` learns from.
  AugmentedBatch batch_of(std::span<const std::size_t> indices, int epoch,
                          at::Generator& generator) const;

  const Recipe& recipe_;
  const FaceDataset& validation_;
  std::size_t training_size_;
  torch::Device device_;
  Precision precision_;
  FaceTensors training_;
  std::optional<Distillation> distillation_;
  Augmentations augmentations_;
  Loss loss_;
};

}  // namespace mien::train
