#include "train/expression_task.h"

#include "core/calibration.h"
#include "train/epoch_order.h"
#include "train/prediction.h"

namespace mien::train {
namespace {

ExpressionNetwork& as_expression(torch::nn::Module& network) {
  return dynamic_cast<ExpressionNetwork&>(network);
}

}  // namespace

ExpressionTask::ExpressionTask(const Recipe& recipe, const FaceDataset& training,
                               const FaceDataset& validation, const torch::Device& device,
                               Precision precision, const Teachers* teachers,
                               const Distillation::Progress& progress)
    : recipe_(recipe),
      validation_(validation),
      training_size_(training.size()),
      device_(device),
      precision_(precision),
      training_(face_tensors(training, teachers ? Contrast::none : recipe.input.contrast, device)),
      loss_(recipe.loss, recipe.distillation, training) {
  if (teachers != nullptr) {
    distillation_.emplace(recipe, training_, *teachers, device, progress);
    training_.pictures.reset();  // the views stand for them
  }
  auto steps = recipe.augmentations;
  if (distillation_) std::erase_if(steps, [](const auto& step) { return !keeps_answers(step); });
  augmentations_ = make_augmentations(steps);
}

std::shared_ptr<torch::nn::Module> ExpressionTask::make_network() const {
  return std::make_shared<ExpressionNetwork>(recipe_.architecture, recipe_.dropout);
}

std::int64_t ExpressionTask::parameter_count(const torch::nn::Module& network) const {
  return dynamic_cast<const ExpressionNetwork&>(network).parameter_count();
}

std::int64_t ExpressionTask::multiply_adds(torch::nn::Module& network) const {
  return as_expression(network).multiply_adds(recipe_.input.height, recipe_.input.width);
}

AugmentedBatch ExpressionTask::batch_of(std::span<const std::size_t> indices, int epoch,
                                        at::Generator& generator) const {
  const auto rows = index_tensor(indices, device_);
  const auto pictures = distillation_ ? distillation_->pictures(rows, epoch)
                                      : training_.pictures.index_select(0, rows);
  AugmentedBatch batch{pictures.to(torch::kFloat), training_.labels.index_select(0, rows),
                       training_.votes.index_select(0, rows)};
  if (distillation_) batch.answers = distillation_->answers(rows, epoch);
  apply(augmentations_, batch, generator, recipe_.training.epochs - epoch);
  return batch;
}

Step ExpressionTask::learn(torch::nn::Module& network, std::span<const std::size_t> indices,
                           int epoch, at::Generator& generator) {
  as_expression(network).set_frozen(epoch < recipe_.training.frozen_epochs);
  const auto batch = batch_of(indices, epoch, generator);
  const auto inputs = normalised(recipe_.input.normalisation, batch.pictures);
  const auto outputs = [&] {
    const Autocast autocast(precision_, device_);
    return as_expression(network).forward(inputs);
  }();
  const auto right = outputs.logits.argmax(1) == batch.labels.argmax(1);
  return {loss_(outputs, batch), {{"accuracy", right.to(torch::kFloat).mean()}}};
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
