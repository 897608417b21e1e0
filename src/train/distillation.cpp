#include "train/distillation.h"

#include <algorithm>

#include "mien/error.h"
#include "train/checkpoint.h"
#include "train/epoch_order.h"
#include "train/run_folder.h"

namespace mien::train {
namespace {

constexpr std::int64_t kFacesAtOnce = 512;

bool is_run(const std::filesystem::path& path) {
  return std::filesystem::exists(RunFolder(path).recipe());
}

std::vector<std::filesystem::path> runs_in(const std::filesystem::path& path) {
  if (is_run(path)) return {path};
  std::vector<std::filesystem::path> runs;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (is_run(entry.path())) runs.push_back(entry.path());
    }
  }
  if (runs.empty()) {
    throw Error(ErrorCode::input, path.string() +
                                      ": neither a run's folder nor a folder of runs; a teacher is "
                                      "what mien train left in --out");
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

Recipe teacher_recipe(const std::filesystem::path& run) {
  auto recipe = RunFolder(run).read_recipe();
  if (recipe.task != "expression") {
    throw Error(ErrorCode::usage, run.string() + ": a run of task " + recipe.task +
                                      "; a teacher must be one of expressions");
  }
  return recipe;
}

/// Steps that make views, or the others.
std::vector<AugmentationOptions> steps_of(const Recipe& recipe, bool keeping_answers) {
  std::vector<AugmentationOptions> steps;
  for (const auto& step : recipe.augmentations) {
    if (keeps_answers(step) == keeping_answers) steps.push_back(step);
  }
  return steps;
}

torch::Tensor made_views(const torch::Tensor& pictures, const Augmentations& augmentations,
                         at::Generator& generator) {
  AugmentedBatch batch{pictures.to(torch::kFloat), {}, {}};
  for (const auto& augmentation : augmentations) augmentation->apply(batch, generator);
  return batch.pictures.round().clamp(0, 255).to(torch::kByte);
}

}  // namespace

bool keeps_answers(const AugmentationOptions& step) {
  return step.kind == "flip" || step.kind == "mixup";
}

Teachers::Teachers(const std::vector<std::filesystem::path>& paths, const torch::Device& device,
                   Precision precision)
    : device_(device), precision_(precision) {
  for (const auto& path : paths) {
    for (const auto& run : runs_in(path)) {
      const RunFolder folder(run);
      Teacher teacher{teacher_recipe(run), folder.read_result().temperature, nullptr};
      teacher.network =
          std::make_shared<ExpressionNetwork>(teacher.recipe.architecture, teacher.recipe.dropout);
      load_weights(folder.best_weights(), *teacher.network, torch::kCPU);
      teacher.network->to(device);
      use_channels_last(*teacher.network);
      teacher.network->eval();
      teachers_.push_back(std::move(teacher));
    }
  }
}

torch::Tensor Teachers::answers(const torch::Tensor& pictures) const {
  const torch::NoGradGuard no_gradient;
  torch::Tensor sum;
  for (const auto& teacher : teachers_) {
    const auto& input = teacher.recipe.input;
    const auto inputs =
        normalised(input.normalisation, with_contrast(input.contrast, pictures).to(torch::kFloat));
    for (const auto& seen : {inputs, inputs.flip({3})}) {
      const auto logits = [&] {
        const Autocast autocast(precision_, device_);
        return teacher.network->forward(seen).logits.to(torch::kFloat);
      }();
      const auto probabilities = torch::softmax(logits / teacher.temperature, 1);
      sum = sum.defined() ? sum + probabilities : probabilities;
    }
  }
  return sum / (2.0 * static_cast<double>(teachers_.size()));
}

std::string Teachers::names() const {
  std::string names;
  for (const auto& teacher : teachers_) names += (names.empty() ? "" : ", ") + teacher.recipe.name;
  return names;
}

bool Teachers::used_votes() const {
  return std::any_of(teachers_.begin(), teachers_.end(),
                     [](const Teacher& teacher) { return teacher.recipe.loss.votes_weight > 0; });
}

Distillation::Distillation(const Recipe& recipe, const FaceTensors& faces, const Teachers& teachers,
                           const torch::Device& device, const Progress& progress) {
  const auto augmentations = make_augmentations(steps_of(recipe, false));
  const auto count = faces.pictures.size(0);
  const auto total = static_cast<std::uintmax_t>(count * recipe.distillation.views);
  std::uintmax_t done = 0;
  for (int view = 0; view < recipe.distillation.views; ++view) {
    auto generator = generator_on(device, epoch_seed(recipe.seed, view));
    std::vector<torch::Tensor> pictures;
    std::vector<torch::Tensor> answers;
    for (std::int64_t first = 0; first < count; first += kFacesAtOnce) {
      const auto last = std::min(count, first + kFacesAtOnce);
      const auto made = made_views(faces.pictures.slice(0, first, last), augmentations, generator);
      answers.push_back(teachers.answers(made));
      pictures.push_back(with_contrast(recipe.input.contrast, made));
      done += static_cast<std::uintmax_t>(last - first);
      progress(done, total);
    }
    views_.push_back(torch::cat(pictures));
    answers_.push_back(torch::cat(answers));
  }
}

torch::Tensor Distillation::pictures(const torch::Tensor& indices, int epoch) const {
  return views_[static_cast<std::size_t>(epoch) % views_.size()].index_select(0, indices);
}

torch::Tensor Distillation::answers(const torch::Tensor& indices, int epoch) const {
  return answers_[static_cast<std::size_t>(epoch) % answers_.size()].index_select(0, indices);
}

}  // namespace mien::train
