#pragma once

#include "dataset/fer2013.h"
#include "train/batch.h"
#include "train/expression_network.h"
#include "train/loss.h"
#include "train/precision.h"
#include "train/recipe.h"
#include "train/task.h"

namespace mien::train {

/// Learns which of seven expressions a face shows.
class ExpressionTask final : public Task {
 public:
  /// All must outlive the task.
  ExpressionTask(const Recipe& recipe, const Fer2013& training, const Fer2013& validation,
                 const torch::Device& device, Precision precision);

  std::shared_ptr<torch::nn::Module> make_network() const override;
  InitialWeights initialise(torch::nn::Module& network,
                            const std::filesystem::path& weights) const override;
  std::size_t size() const override { return training_.size(); }
  std::int64_t parameter_count(const torch::nn::Module& network) const override;
  std::int64_t multiply_adds(torch::nn::Module& network) const override;
  Step learn(torch::nn::Module& network, std::span<const std::size_t> indices, int epoch,
             at::Generator& generator) override;
  Validation validate(torch::nn::Module& network) override;
  /// Fits the temperature as well.
  RunResult measure(torch::nn::Module& network) override;

 private:
  const Recipe& recipe_;
  const Fer2013& training_;
  const Fer2013& validation_;
  torch::Device device_;
  Precision precision_;
  BatchMaker batches_;
  Loss loss_;
};

}  // namespace mien::train
