#include "train/attributes/attribute_task.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/attribute_evaluation.h"
#include "core/calibration.h"
#include "mien/face_crop.h"
#include "train/attributes/face_view.h"
#include "train/epoch_order.h"

namespace mien::train {
namespace {

constexpr std::size_t kBatchSize = 256;

AttributeNetwork& as_attribute_network(torch::nn::Module& network) {
  return dynamic_cast<AttributeNetwork&>(network);
}

/// N x 1 x H x W of as many pictures as `picture` is asked for, prepared as for serving.
template <typename Picture>
torch::Tensor inputs_of(std::size_t count, const Preprocessing& input, const Picture& picture) {
  auto inputs = torch::empty({static_cast<std::int64_t>(count), 1, input.height, input.width});
  const auto size = static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
  auto* values = inputs.data_ptr<float>();
  at::parallel_for(0, static_cast<std::int64_t>(count), 1, [&](std::int64_t i, std::int64_t last) {
    for (; i < last; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const Image gray = picture(index);
      prepare_input(gray.pixels(), input, std::span(values + index * size, size));
    }
  });
  return inputs;
}

/// What the network says of each face, one crop each, float32: N x 2 and N x ages.
struct Said {
  torch::Tensor gender;
  torch::Tensor age;
};

Said ask(AttributeNetwork& network, const std::vector<AttributedFace>& faces,
         const Preprocessing& input, const torch::Device& device, Precision precision) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  std::vector<torch::Tensor> genders;
  std::vector<torch::Tensor> ages;
  for (std::size_t first = 0; first < faces.size(); first += kBatchSize) {
    const auto count = std::min(kBatchSize, faces.size() - first);
    const auto inputs = inputs_of(count, input, [&](std::size_t i) {
      const auto view = faces[first + i].gray.view();
      return crop_face(view, whole_picture(view), input.width, input.height);
    });
    const Autocast autocast(precision, device);
    RunningLayers layers;
    const auto heads = network.heads(layers, {inputs.to(device), {}});
    genders.push_back(heads.gender.tensor.to(torch::kCPU, torch::kFloat));
    ages.push_back(heads.age.tensor.to(torch::kCPU, torch::kFloat));
  }
  return {torch::cat(genders).contiguous(), torch::cat(ages).contiguous()};
}

std::vector<std::size_t> genders_of(const std::vector<AttributedFace>& faces) {
  std::vector<std::size_t> genders;
  for (const auto& face : faces) genders.push_back(static_cast<std::size_t>(face.gender));
  return genders;
}

AttributeEvaluation evaluate(const Said& said, double temperature, const AgeScale& scale,
                             const std::vector<AttributedFace>& faces) {
  const auto shares = torch::softmax(said.gender / temperature, 1);
  const auto years = expected_age(said.age, scale);
  const auto female = shares.accessor<float, 2>();
  const auto age = years.accessor<float, 1>();
  std::vector<AttributeAnswer> answers;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto& face = faces[i];
    const auto row = static_cast<std::int64_t>(i);
    answers.push_back({face.gender, static_cast<double>(face.age),
                       female[row][static_cast<std::int64_t>(Gender::female)], age[row],
                       attribute_groups(face.gender, face.age, face.race)});
  }
  return evaluate_attributes(answers);
}

std::map<std::string, double> measures_of(const AttributeScores& scores) {
  return {{"gender_accuracy", scores.gender_accuracy},
          {"age_error", scores.age_error},
          {"age_bias", scores.age_bias},
          {"faces", static_cast<double>(scores.faces)}};
}

}  // namespace

AttributeTask::AttributeTask(const Recipe& recipe, const AttributeData& data,
                             const torch::Device& device, Precision precision)
    : recipe_(recipe),
      data_(data),
      device_(device),
      precision_(precision),
      loss_(recipe.attribute_loss, recipe.ages) {}

std::shared_ptr<torch::nn::Module> AttributeTask::make_network() const {
  return std::make_shared<AttributeNetwork>(recipe_.architecture, recipe_.dropout, recipe_.ages);
}

InitialWeights AttributeTask::initialise(torch::nn::Module& network,
                                         const std::filesystem::path& weights) const {
  return train::initialise(network, weights, "architecture.");
}

std::int64_t AttributeTask::parameter_count(const torch::nn::Module& network) const {
  return dynamic_cast<const AttributeNetwork&>(network).parameter_count();
}

std::int64_t AttributeTask::multiply_adds(torch::nn::Module& network) const {
  return as_attribute_network(network).multiply_adds(recipe_.input.height, recipe_.input.width);
}

Step AttributeTask::learn(torch::nn::Module& network, std::span<const std::size_t> indices,
                          int epoch, at::Generator& /*generator*/) {
  const auto seed = epoch_seed(recipe_.seed, epoch);
  const auto& input = recipe_.input;
  const auto inputs = inputs_of(indices.size(), input, [&](std::size_t i) {
    std::mt19937 random(static_cast<std::uint32_t>(
        epoch_seed(seed, static_cast<int>(indices[i] % std::numeric_limits<int>::max()))));
    return viewed(data_.training[indices[i]].gray.view(), recipe_.view, input.width, input.height,
                  random);
  });
  const auto count = static_cast<std::int64_t>(indices.size());
  AttributeTargets targets{torch::empty({count}, torch::kLong), torch::empty({count})};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto& face = data_.training[indices[i]];
    targets.gender.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(face.gender);
    targets.age.data_ptr<float>()[i] = static_cast<float>(face.age);
  }
  targets = {targets.gender.to(device_), targets.age.to(device_)};
  const auto heads = [&] {
    const Autocast autocast(precision_, device_);
    RunningLayers layers;
    return as_attribute_network(network).heads(layers, {inputs.to(device_), {}});
  }();
  Step step;
  step.loss = loss_(heads.gender.tensor, heads.age.tensor, targets);
  const torch::NoGradGuard no_gradient;
  const auto right = (heads.gender.tensor.argmax(1) == targets.gender).to(torch::kFloat).mean();
  const auto off = (expected_age(heads.age.tensor, recipe_.ages) - targets.age).abs().mean();
  step.measures = {{"gender_accuracy", right}, {"age_error", off}};
  return step;
}

Validation AttributeTask::validate(torch::nn::Module& network) {
  constexpr double kYears = 50;
  const auto said =
      ask(as_attribute_network(network), data_.validation, recipe_.input, device_, precision_);
  const auto scores = evaluate(said, 1, recipe_.ages, data_.validation).all;
  Validation validation;
  validation.measures = {{"gender_accuracy", scores.gender_accuracy},
                         {"age_error", scores.age_error}};
  validation.score = scores.gender_accuracy - scores.age_error / kYears;
  validation.loss = 1 - validation.score;
  return validation;
}

RunResult AttributeTask::measure(torch::nn::Module& network) {
  const auto said = ask(as_attribute_network(network), data_.validation, recipe_.input, device_,
                        Precision::float32);
  RunResult result;
  result.temperature = fit_temperature(
      {said.gender.data_ptr<float>(), static_cast<std::size_t>(said.gender.numel())},
      genders_of(data_.validation));
  const auto evaluation = evaluate(said, result.temperature, recipe_.ages, data_.validation);
  result.metrics = measures_of(evaluation.all);
  for (const auto& [kind, groups] : evaluation.groups) {
    for (const auto& [name, scores] : groups) result.groups[kind][name] = measures_of(scores);
  }
  return result;
}

}  // namespace mien::train
