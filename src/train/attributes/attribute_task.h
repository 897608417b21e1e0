#pragma once

#include "train/attributes/attribute_data.h"
#include "train/attributes/attribute_loss.h"
#include "train/attributes/attribute_network.h"
#include "train/precision.h"
#include "train/recipe.h"
#include "train/task.h"

namespace mien::train {

/// Learns what gender and age faces look like.
class AttributeTask final : public Task {
 public:
  /// All must outlive the task.
  AttributeTask(const Recipe& recipe, const AttributeData& data, const torch::Device& device,
                Precision precision);

  std::shared_ptr<torch::nn::Module> make_network() const override;
  InitialWeights initialise(torch::nn::Module& network,
                            const std::filesystem::path& weights) const override;
  std::size_t size() const override { return data_.training.size(); }
  std::int64_t parameter_count(const torch::nn::Module& network) const override;
  std::int64_t multiply_adds(torch::nn::Module& network) const override;
  Step learn(torch::nn::Module& network, std::span<const std::size_t> indices, int epoch,
             at::Generator& generator) override;
  /// The score falls by a point of gender accuracy as by half a year of age.
  Validation validate(torch::nn::Module& network) override;
  /// In float32: gender_accuracy, age_error and age_bias (years) of all faces and of each group;
  /// the temperature is the gender's.
  RunResult measure(torch::nn::Module& network) override;

 private:
  const Recipe& recipe_;
  const AttributeData& data_;
  torch::Device device_;
  Precision precision_;
  AttributeLoss loss_;
};

}  // namespace mien::train
