#include "train/trainer.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cstdlib>
#include <map>
#include <thread>

#include "mien/error.h"
#include "train/attributes/attribute_task.h"
#include "train/detection/detection_task.h"
#include "train/expression_data.h"
#include "train/expression_task.h"
#include "train/precision.h"
#include "train/source_version.h"
#include "train/training_run.h"

namespace mien::train {
namespace {

torch::Device choose_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name == "auto") return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU;
  if (name != "cuda") {
    throw Error(ErrorCode::usage, "--device '" + name + "' is unknown; choose auto, cpu or cuda");
  }
  if (!torch::cuda::is_available()) {
    throw Error(ErrorCode::usage,
                "--device cuda: this machine or this LibTorch has no CUDA; use cpu");
  }
  return torch::kCUDA;
}

int choose_threads(int wanted) {
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string listed(const std::vector<std::filesystem::path>& paths) {
  std::string text;
  for (const auto& path : paths) {
    text += (text.empty() ? "" : ", ") + std::filesystem::absolute(path).string();
  }
  return text;
}

using Environment = std::map<std::string, std::string>;

Environment environment_of(const TrainOptions& options) {
  const auto device = choose_device(options.device);
  return {{"mien", program_version()},
          {"commit", source_version()},
          {"libtorch", TORCH_VERSION},
          {"device", device.str()},
          {"precision", name(choose_precision(options.recipe.training.precision, device))},
          {"threads", std::to_string(choose_threads(options.threads))},
          {"data", std::filesystem::absolute(options.data.main).string()},
          {"teachers", listed(options.teachers)}};
}

/// The same number of threads as when the run was begun, unless another is asked for.
int threads_of_run(const TrainOptions& options, const Environment& begun) {
  if (options.threads > 0) return options.threads;
  const auto recorded = begun.find("threads");
  return recorded == begun.end() ? 0 : std::atoi(recorded->second.c_str());
}

/// Says what would make the resumed run differ from one that was never stopped.
void report_differences(const Environment& begun, const Environment& now, TrainObserver& observer) {
  for (const auto* key : {"device", "precision", "threads", "libtorch", "data", "teachers"}) {
    const auto before = begun.find(key);
    if (before == begun.end() || before->second == now.at(key)) continue;
    observer.on_note(std::string("the run was begun with ") + key + " " + before->second +
                     " and goes on with " + now.at(key) + ": its numbers will differ");
  }
}

void require_votes(const TrainOptions& options) {
  if (options.recipe.loss.votes_weight > 0 && options.data.votes.empty()) {
    throw Error(
        ErrorCode::usage,
        "the recipe uses the FER+ votes (loss.votes_weight): give them with --votes "
        "fer2013new.csv (github.com/microsoft/FERPlus), or lay that file beside fer2013.csv");
  }
}

void require_teachers(const TrainOptions& options) {
  const bool learns_from_them = options.recipe.distillation.weight > 0;
  if (learns_from_them && options.teachers.empty()) {
    throw Error(ErrorCode::usage,
                "the recipe learns from teachers (distillation.weight): give finished runs, or a "
                "folder of them, with --distill");
  }
  if (!learns_from_them && !options.teachers.empty()) {
    throw Error(ErrorCode::usage,
                "--distill: the recipe does not learn from teachers; set distillation.weight");
  }
}

void require_landmarks(const TrainOptions& options) {
  if (options.recipe.scene.landmarks > 0 && options.data.landmarks.empty()) {
    throw Error(ErrorCode::usage,
                "the recipe uses faces with landmarks (scene.landmarks): give the folder with "
                "landmarks.csv by --landmarks, or lay it beside the data as face_landmarks");
  }
}

void require_files(const TrainOptions& options) {
  if (options.recipe.task == "attributes") return;  // its reader says what is missing
  const bool detects = options.recipe.task == "detection";
  const auto& data = options.data.main;
  if (detects ? !std::filesystem::is_directory(data) : !std::filesystem::exists(data)) {
    throw Error(ErrorCode::input,
                data.string() + (detects ? ": no such folder; give that of WIDER FACE with --data"
                                         : ": no such file or folder; give Kaggle's "
                                           "fer2013.csv, or a data set's folder, with --data"));
  }
  detects ? require_landmarks(options) : require_votes(options);
  require_teachers(options);
}

/// Random weights are nothing to freeze.
void freeze_given_weights_alone(TrainOptions& options, TrainObserver& observer) {
  auto& frozen = options.recipe.training.frozen_epochs;
  if (frozen == 0 || !options.init.empty()) return;
  observer.on_note(
      "no weights are given by --init: the recipe's training.frozen_epochs is taken "
      "as 0");
  frozen = 0;
}

/// Data and task of a recipe; the task looks at the data.
class Learning {
 public:
  virtual ~Learning() = default;
  virtual Task& task() = 0;
};

class ExpressionLearning final : public Learning {
 public:
  ExpressionLearning(const TrainOptions& options, const torch::Device& device, Precision precision,
                     TrainObserver& observer)
      : data_(read_expression_data(options.recipe, {options.data.main, options.data.votes},
                                   observer)),
        teachers_(teachers_of(options, device, precision)),
        task_(options.recipe, *data_.training, *data_.validation, device, precision,
              teachers_.get(), [&](auto done, auto total) { observer.on_answering(done, total); }) {
    teachers_.reset();  // they have answered
  }

  Task& task() override { return task_; }

 private:
  static std::unique_ptr<Teachers> teachers_of(const TrainOptions& options,
                                               const torch::Device& device, Precision precision) {
    if (options.teachers.empty()) return nullptr;
    return std::make_unique<Teachers>(options.teachers, device, precision);
  }

  ExpressionData data_;
  std::unique_ptr<Teachers> teachers_;
  ExpressionTask task_;
};

class DetectionLearning final : public Learning {
 public:
  DetectionLearning(const TrainOptions& options, const torch::Device& device, Precision precision,
                    TrainObserver& observer)
      : data_(read(options, observer)), task_(options.recipe, data_, device, precision) {}

  Task& task() override { return task_; }

 private:
  static DetectionData read(const TrainOptions& options, TrainObserver& observer) {
    const bool needs_landmarks = options.recipe.scene.landmarks > 0;
    auto data =
        read_detection_data({options.data.main, needs_landmarks ? options.data.landmarks : ""},
                            [&](auto done, auto total) { observer.on_reading(done, total); });
    for (const auto& note : data.notes) observer.on_note(note);
    return data;
  }

  DetectionData data_;
  DetectionTask task_;
};

class AttributeLearning final : public Learning {
 public:
  AttributeLearning(const TrainOptions& options, const torch::Device& device, Precision precision,
                    TrainObserver& observer)
      : data_(read_attribute_data(
            options.data.main, [&](auto done, auto total) { observer.on_reading(done, total); })),
        task_(options.recipe, data_, device, precision) {
    for (const auto& note : data_.notes) observer.on_note(note);
  }

  Task& task() override { return task_; }

 private:
  AttributeData data_;
  AttributeTask task_;
};

std::unique_ptr<Learning> make_learning(const TrainOptions& options, const torch::Device& device,
                                        Precision precision, TrainObserver& observer) {
  if (options.recipe.task == "detection") {
    return std::make_unique<DetectionLearning>(options, device, precision, observer);
  }
  if (options.recipe.task == "attributes") {
    return std::make_unique<AttributeLearning>(options, device, precision, observer);
  }
  return std::make_unique<ExpressionLearning>(options, device, precision, observer);
}

}  // namespace

RunResult train(const TrainOptions& given, TrainObserver& observer) {
  auto options = given;
  const auto device = choose_device(options.device);  // a wrong one is told before all else
  require_files(options);
  const RunFolder folder(options.out);
  // What is wrong with the folder is better told before a long reading.
  if (options.resume) {
    folder.check_resumable(options.recipe);
    const auto begun = folder.read_environment();
    options.threads = threads_of_run(options, begun);
    report_differences(begun, environment_of(options), observer);
  } else {
    folder.require_no_run();
  }
  freeze_given_weights_alone(options, observer);
  const auto environment = environment_of(options);
  const auto precision = choose_precision(options.recipe.training.precision, device);
  at::set_num_threads(choose_threads(options.threads));
  const auto learning = make_learning(options, device, precision, observer);
  torch::manual_seed(options.recipe.seed);
  TrainingRun run(options.recipe, folder, learning->task(), device,
                  options.seconds_between_checkpoints, observer);
  if (options.resume) {
    run.resume();
  } else {
    folder.create(options.recipe, environment);
  }
  run.train(name(precision));
  return run.finish();
}

}  // namespace mien::train
