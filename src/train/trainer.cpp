#include "train/trainer.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <thread>

#include "mien/error.h"
#include "train/batch.h"
#include "train/calibration.h"
#include "train/checkpoint.h"
#include "train/early_stopping.h"
#include "train/loss.h"
#include "train/moving_average.h"
#include "train/optimiser.h"
#include "train/precision.h"
#include "train/prediction.h"
#include "train/schedule.h"
#include "train/source_version.h"

namespace mien::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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

FerSplit split_named(const std::string& name) { return *fer_split_from_name(name); }

std::shared_ptr<ExpressionNetwork> make_network(const Recipe& recipe, const torch::Device& device) {
  auto network = std::make_shared<ExpressionNetwork>(recipe.architecture, recipe.dropout);
  network->to(device);
  use_channels_last(*network);
  return network;
}

/// Sums over an epoch.
struct Running {
  double loss = 0;
  std::size_t correct = 0;
  std::size_t images = 0;

  double mean_loss() const { return loss / static_cast<double>(std::max<std::size_t>(1, images)); }
  double accuracy() const {
    return static_cast<double>(correct) / static_cast<double>(std::max<std::size_t>(1, images));
  }
};

/// One run, from its first epoch or from a checkpoint to its last.
class Run {
 public:
  Run(const TrainOptions& options, const Fer2013& training, const Fer2013& validation,
      TrainObserver& observer)
      : recipe_(options.recipe),
        folder_(options.out),
        validation_(validation),
        observer_(observer),
        device_(choose_device(options.device)),
        precision_(choose_precision(recipe_.training.precision, device_)),
        batches_(training, recipe_.input, make_augmentations(recipe_.augmentations)),
        training_size_(training.size()),
        network_(make_network(recipe_, device_)),
        loss_(recipe_.loss, training),
        optimiser_(make_optimiser(recipe_.optimiser, *network_)),
        schedule_(make_schedule(recipe_.schedule, recipe_.optimiser.learning_rate,
                                recipe_.training.epochs)),
        stopping_(recipe_.training.early_stopping_patience) {
    if (recipe_.training.average_decay > 0) {
      average_network_ = make_network(recipe_, device_);
      average_ = std::make_unique<MovingAverage>(recipe_.training.average_decay, *network_,
                                                 *average_network_);
    }
  }

  void resume() {
    if (!std::filesystem::exists(folder_.checkpoint())) return;  // killed in its first epoch
    const auto progress = load_checkpoint(folder_.checkpoint(), state(), device_);
    use_channels_last(*network_);
    if (average_) {
      use_channels_last(*average_network_);
      average_->restore(progress.average_updates);
    }
    epochs_done_ = progress.epochs_done;
    stopping_.restore(progress.best_accuracy, progress.epochs_without_gain);
    schedule_->restore(progress.schedule);
  }

  void train() {
    MetricsLog log(folder_.metrics(), epochs_done_);
    observer_.on_start(description());
    while (epochs_done_ < recipe_.training.epochs && !stopping_.should_stop()) {
      const auto metrics = run_epoch(epochs_done_);
      ++epochs_done_;
      if (metrics.best) save_weights(folder_.best_weights(), judged_network());
      log.append(metrics);
      save_checkpoint(folder_.checkpoint(), state(), progress());
      observer_.on_epoch(metrics, recipe_.training.epochs);
    }
  }

  /// Measures the best weights in float32, as they will be exported.
  RunResult finish() {
    load_weights(folder_.best_weights(), *network_, device_);
    use_channels_last(*network_);
    const auto predicted =
        predict(*network_, validation_, recipe_.input, device_, Precision::float32);
    RunResult result;
    result.best_epoch = epochs_done_ - stopping_.epochs_without_gain();
    result.temperature = fit_temperature(predicted.logits, predicted.labels);
    const auto evaluation = evaluate(predicted, result.temperature);
    result.metrics = {{"accuracy", evaluation.accuracy},
                      {"balanced_accuracy", evaluation.balanced_accuracy},
                      {"macro_f1", evaluation.macro_f1},
                      {"ece", evaluation.ece},
                      {"nll", evaluation.nll}};
    folder_.write_result(result);
    return result;
  }

 private:
  TrainingState state() { return {*network_, average_network_.get(), *optimiser_}; }

  Progress progress() const {
    Progress progress;
    progress.epochs_done = epochs_done_;
    progress.average_updates = average_ ? average_->updates() : 0;
    progress.best_accuracy = stopping_.best();
    progress.epochs_without_gain = stopping_.epochs_without_gain();
    progress.schedule = schedule_->state();
    return progress;
  }

  ExpressionNetwork& judged_network() { return average_ ? *average_network_ : *network_; }

  std::string description() const {
    return recipe_.name + ": " + recipe_.architecture.name + ", " +
           std::to_string(network_->parameter_count()) + " parameters, " +
           std::to_string(training_size_) + " pictures, " + device_.str() + ", " +
           name(precision_) +
           (epochs_done_ > 0 ? ", continued after epoch " + std::to_string(epochs_done_) : "");
  }

  EpochMetrics run_epoch(int epoch) {
    const auto started = Clock::now();
    const auto seed = epoch_seed(recipe_.seed, epoch);
    torch::manual_seed(seed);
    auto generator = at::detail::createCPUGenerator(epoch_seed(seed, epoch));
    const auto order = shuffled_indices(training_size_, recipe_.seed, epoch);
    const auto running = learn_from(order, epoch, generator, started);
    const double training_seconds = seconds_since(started);

    const auto predicted =
        predict(judged_network(), validation_, recipe_.input, device_, precision_);
    EpochMetrics metrics;
    metrics.epoch = epoch + 1;
    metrics.train_loss = running.mean_loss();
    metrics.train_accuracy = running.accuracy();
    const auto evaluation = evaluate(predicted, 1.0);
    metrics.validation_loss = evaluation.nll;
    metrics.validation_accuracy = evaluation.accuracy;
    metrics.learning_rate = schedule_->rate_at(epoch + 1);
    metrics.seconds = seconds_since(started);
    metrics.images_per_second = static_cast<double>(running.images) / training_seconds;
    metrics.best = stopping_.observe(metrics.validation_accuracy);
    schedule_->observe(metrics.validation_loss);
    return metrics;
  }

  Running learn_from(std::span<const std::size_t> order, int epoch, at::Generator& generator,
                     Clock::time_point started) {
    network_->train();
    const auto batch_size =
        std::min(order.size(), static_cast<std::size_t>(recipe_.training.batch_size));
    const auto batches = order.size() / batch_size;  // a last, smaller one would be noise
    Running running;
    for (std::size_t i = 0; i < batches; ++i) {
      set_learning_rate(*optimiser_, schedule_->rate_at(epoch + (static_cast<double>(i) + 0.5) /
                                                                    static_cast<double>(batches)));
      learn(batches_.make(order.subspan(i * batch_size, batch_size), generator), running);
      observer_.on_batch({epoch + 1, recipe_.training.epochs, running.images, batches * batch_size,
                          running.mean_loss(), running.accuracy(),
                          static_cast<double>(running.images) / seconds_since(started)});
    }
    return running;
  }

  void learn(const Batch& batch, Running& running) {
    const auto labels = batch.labels.to(device_);
    const auto outputs = [&] {
      const Autocast autocast(precision_, device_);
      return network_->forward(batch.inputs.to(device_));
    }();
    const auto loss = loss_(outputs, labels, batch.votes.to(device_));
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::internal,
                  recipe_.name + ": the loss is no longer a number in epoch " +
                      std::to_string(epochs_done_ + 1) +
                      "; lower optimiser.learning_rate or set optimiser.clip_norm");
    }
    optimiser_->zero_grad();
    loss.backward();
    if (recipe_.optimiser.clip_norm > 0) {
      torch::nn::utils::clip_grad_norm_(network_->parameters(), recipe_.optimiser.clip_norm);
    }
    optimiser_->step();
    if (average_) average_->update();

    const auto count = batch.labels.size(0);
    running.loss += value * static_cast<double>(count);
    running.correct += static_cast<std::size_t>(
        (outputs.logits.argmax(1) == labels.argmax(1)).sum().item<std::int64_t>());
    running.images += static_cast<std::size_t>(count);
  }

  const Recipe& recipe_;
  RunFolder folder_;
  const Fer2013& validation_;
  TrainObserver& observer_;
  torch::Device device_;
  Precision precision_;
  BatchMaker batches_;
  std::size_t training_size_;
  std::shared_ptr<ExpressionNetwork> network_;
  std::shared_ptr<ExpressionNetwork> average_network_;
  std::unique_ptr<MovingAverage> average_;
  Loss loss_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  std::unique_ptr<Schedule> schedule_;
  EarlyStopping stopping_;
  int epochs_done_ = 0;
};

using Environment = std::map<std::string, std::string>;

Environment environment_of(const TrainOptions& options) {
  const auto device = choose_device(options.device);
  return {{"mien", program_version()},
          {"commit", source_version()},
          {"libtorch", TORCH_VERSION},
          {"device", device.str()},
          {"precision", name(choose_precision(options.recipe.training.precision, device))},
          {"threads", std::to_string(choose_threads(options.threads))},
          {"data", std::filesystem::absolute(options.data.csv).string()}};
}

/// The same number of threads as when the run was begun, unless another is asked for.
int threads_of_run(const TrainOptions& options, const Environment& begun) {
  if (options.threads > 0) return options.threads;
  const auto recorded = begun.find("threads");
  return recorded == begun.end() ? 0 : std::atoi(recorded->second.c_str());
}

/// Says what would make the resumed run differ from one that was never stopped.
void report_differences(const Environment& begun, const Environment& now, TrainObserver& observer) {
  for (const auto* key : {"device", "precision", "threads", "libtorch", "data"}) {
    const auto before = begun.find(key);
    if (before == begun.end() || before->second == now.at(key)) continue;
    observer.on_note(std::string("the run was begun with ") + key + " " + before->second +
                     " and goes on with " + now.at(key) + ": its numbers will differ");
  }
}

void require_files(const TrainOptions& options) {
  if (!std::filesystem::is_regular_file(options.data.csv)) {
    throw Error(ErrorCode::input, options.data.csv.string() +
                                      ": no such file; give Kaggle's fer2013.csv with --data");
  }
  if (options.recipe.loss.votes_weight > 0 && options.data.votes_csv.empty()) {
    throw Error(
        ErrorCode::usage,
        "the recipe uses the FER+ votes (loss.votes_weight): give them with --votes "
        "fer2013new.csv (github.com/microsoft/FERPlus), or lay that file beside fer2013.csv");
  }
}

}  // namespace

RunResult train(const TrainOptions& given, TrainObserver& observer) {
  auto options = given;
  choose_device(options.device);  // a wrong one is told before anything is read
  require_files(options);
  if (options.recipe.loss.votes_weight == 0) options.data.votes_csv.clear();
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
  const auto environment = environment_of(options);
  const auto splits = read_fer2013(
      options.data,
      {split_named(options.recipe.train_split), split_named(options.recipe.validation_split)},
      [&](auto done, auto total) { observer.on_reading(done, total); });

  at::set_num_threads(choose_threads(options.threads));
  torch::manual_seed(options.recipe.seed);
  Run run(options, splits[0], splits[1], observer);
  if (options.resume) {
    run.resume();
  } else {
    folder.create(options.recipe, environment);
  }
  run.train();
  return run.finish();
}

}  // namespace mien::train
