#include "train/expression_task.h"

#include "core/calibration.h"
#include "train/prediction.h"

namespace mien::train {
namespace {

ExpressionNetwork& as_expression(torch::nn::Module& network) {
  return dynamic_cast<ExpressionNetwork&>(network);
}

}  // namespace

ExpressionTask::ExpressionTask(const Recipe& recipe, const Fer2013& training,
                               const Fer2013& validation, const torch::Device& device,
                               Precision precision)
    : recipe_(recipe),
      training_(training),
      validation_(validation),
      device_(device),
      precision_(precision),
      batches_(training, recipe.input, make_augmentations(recipe.augmentations)),
      loss_(recipe.loss, training) {}

std::shared_ptr<torch::nn::Module> ExpressionTask::make_network() const {
  return std::make_shared<ExpressionNetwork>(recipe_.architecture, recipe_.dropout);
}

std::int64_t ExpressionTask::parameter_count(const torch::nn::Module& network) const {
  return dynamic_cast<const ExpressionNetwork&>(network).parameter_count();
}

Step ExpressionTask::learn(torch::nn::Module& network, std::span<const std::size_t> indices,
                           int /*epoch*/, at::Generator& generator) {
  const auto batch = batches_.make(indices, generator);
  const auto labels = batch.labels.to(device_);
  const auto outputs = [&] {
    const Autocast autocast(precision_, device_);
    return as_expression(network).forward(batch.inputs.to(device_));
  }();
  const auto right = (outputs.logits.argmax(1) == labels.argmax(1)).sum().item<std::int64_t>();
  return {loss_(outputs, labels, batch.votes.to(device_)),
          {{"accuracy", static_cast<double>(right) / static_cast<double>(indices.size())}}};
}

Validation ExpressionTask::validate(torch::nn::Module& network) {
  const auto predicted =
      predict(as_expression(network), validation_, recipe_.input, device_, precision_);
  const auto evaluation = evaluate(predicted, 1.0);
  return {{{"loss", evaluation.nll}, {"accuracy", evaluation.accuracy}},
          evaluation.accuracy,
          evaluation.nll};
}

RunResult ExpressionTask::measure(torch::nn::Module& network) {
  const auto predicted =
      predict(as_expression(network), validation_, recipe_.input, device_, Precision::float32);
  RunResult result;
  result.temperature = fit_temperature(predicted.logits, predicted.labels);
  const auto evaluation = evaluate(predicted, result.temperature);
  result.metrics = {{"accuracy", evaluation.accuracy},
                    {"balanced_accuracy", evaluation.balanced_accuracy},
                    {"macro_f1", evaluation.macro_f1},
                    {"ece", evaluation.ece},
                    {"nll", evaluation.nll}};
  return result;
}

}  // namespace mien::train
