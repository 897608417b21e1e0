#include "train/training_run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "mien/error.h"
#include "train/epoch_order.h"
#include "train/expression_network.h"
#include "train/optimiser.h"

namespace mien::train {
namespace {

using Clock = std::chrono::steady_clock;

/// A reading waits for all that the device has been given.
constexpr std::size_t kBatchesBetweenReadings = 32;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string in_millions(std::int64_t count) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f million", static_cast<double>(count) / 1e6);
  return text;
}

}  // namespace

/// Sums over an epoch. They stay on the device until they are read, as reading waits for it.
struct TrainingRun::Running {
  double loss = 0;
  Measures sums;
  std::size_t images = 0;

  void add(const Step& step, std::size_t count) {
    if (waiting_.empty()) {
      for (std::size_t i = 0; i <= step.measures.size(); ++i) {
        waiting_.push_back(torch::zeros({}, step.loss.options().dtype(torch::kDouble)));
      }
    }
    if (sums.empty()) {
      for (const auto& [name, value] : step.measures) sums.emplace_back(name, 0);
    }
    const auto weight = static_cast<double>(count);
    waiting_[0].add_(step.loss.detach(), weight);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      waiting_[i + 1].add_(step.measures[i].second, weight);
    }
    images += count;
  }

  void read() {
    if (waiting_.empty()) return;
    const auto values = torch::stack(waiting_).to(torch::kCPU);
    loss = values[0].item<double>();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i].second = values[static_cast<std::int64_t>(i) + 1].item<double>();
    }
  }

  double mean(double sum) const {
    return sum / static_cast<double>(std::max<std::size_t>(1, images));
  }
  Measures means() const {
    auto all = sums;
    for (auto& [name, value] : all) value = mean(value);
    return all;
  }

 private:
  std::vector<torch::Tensor> waiting_;
};

TrainingRun::TrainingRun(const Recipe& recipe, const RunFolder& folder, Task& task,
                         const torch::Device& device, double seconds_between_checkpoints,
                         TrainObserver& observer)
    : recipe_(recipe),
      folder_(folder),
      task_(task),
      device_(device),
      seconds_between_checkpoints_(seconds_between_checkpoints),
      observer_(observer),
      network_(make_network()),
      optimiser_(make_optimiser(recipe_.optimiser, *network_)),
      schedule_(make_schedule(recipe_.schedule, recipe_.optimiser.learning_rate,
                              recipe_.training.epochs)),
      stopping_(recipe_.training.early_stopping_patience) {
  if (recipe_.training.average_decay > 0) {
    average_network_ = make_network();
    average_ = std::make_unique<MovingAverage>(recipe_.training.average_decay, *network_,
                                               *average_network_);
  }
}

void TrainingRun::resume() {
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

void TrainingRun::train(const std::string& precision) {
  MetricsLog log(folder_.metrics(), epochs_done_);
  observer_.on_start(description(precision));
  while (epochs_done_ < recipe_.training.epochs && !stopping_.should_stop()) {
    const auto metrics = run_epoch(epochs_done_);
    ++epochs_done_;
    if (metrics.best) save_weights(folder_.best_weights(), judged_network());
    log.append(metrics);
    keep_checkpoint();
    observer_.on_epoch(metrics, recipe_.training.epochs);
  }
}

void TrainingRun::keep_checkpoint() {
  const bool last = epochs_done_ == recipe_.training.epochs || stopping_.should_stop();
  if (!last && seconds_since(checkpoint_kept_) < seconds_between_checkpoints_) return;
  save_checkpoint(folder_.checkpoint(), state(), progress());
  checkpoint_kept_ = Clock::now();
}

RunResult TrainingRun::finish() {
  load_weights(folder_.best_weights(), *network_, device_);
  use_channels_last(*network_);
  auto result = task_.measure(*network_);
  result.best_epoch = epochs_done_ - stopping_.epochs_without_gain();
  folder_.write_result(result);
  return result;
}

std::shared_ptr<torch::nn::Module> TrainingRun::make_network() const {
  auto network = task_.make_network();
  network->to(device_);
  use_channels_last(*network);
  return network;
}

TrainingState TrainingRun::state() { return {*network_, average_network_.get(), *optimiser_}; }

Progress TrainingRun::progress() const {
  Progress progress;
  progress.epochs_done = epochs_done_;
  progress.average_updates = average_ ? average_->updates() : 0;
  progress.best_accuracy = stopping_.best();
  progress.epochs_without_gain = stopping_.epochs_without_gain();
  progress.schedule = schedule_->state();
  return progress;
}

torch::nn::Module& TrainingRun::judged_network() {
  return average_ ? *average_network_ : *network_;
}

std::string TrainingRun::description(const std::string& precision) const {
  return recipe_.name + ": " + recipe_.architecture.name + ", " +
         std::to_string(task_.parameter_count(*network_)) + " parameters, " +
         in_millions(task_.multiply_adds(*network_)) + " multiply-adds, " +
         std::to_string(task_.size()) + " pictures, " + device_.str() + ", " + precision +
         (epochs_done_ > 0 ? ", continued after epoch " + std::to_string(epochs_done_) : "");
}

bool TrainingRun::is_measured(int epoch) const {
  return (epoch + 1) % recipe_.training.validate_every == 0 || epoch + 1 == recipe_.training.epochs;
}

EpochMetrics TrainingRun::run_epoch(int epoch) {
  const auto started = Clock::now();
  const auto seed = epoch_seed(recipe_.seed, epoch);
  torch::manual_seed(seed);
  auto generator = generator_on(device_, epoch_seed(seed, epoch));
  const auto order = shuffled_indices(task_.size(), recipe_.seed, epoch);
  const auto running = learn_from(order, epoch, generator, started);
  EpochMetrics metrics;
  metrics.epoch = epoch + 1;
  metrics.train_loss = running.mean(running.loss);
  metrics.train = running.means();
  metrics.images_per_second = static_cast<double>(running.images) / seconds_since(started);
  metrics.learning_rate = schedule_->rate_at(epoch + 1);
  if (is_measured(epoch)) {
    const auto validation = task_.validate(judged_network());
    metrics.validation = validation.measures;
    metrics.best = stopping_.observe(validation.score);
    schedule_->observe(validation.loss);
  } else {
    stopping_.pass();
  }
  metrics.seconds = seconds_since(started);
  return metrics;
}

TrainingRun::Running TrainingRun::learn_from(std::span<const std::size_t> order, int epoch,
                                             at::Generator& generator, Clock::time_point started) {
  network_->train();
  const auto batch_size =
      std::min(order.size(), static_cast<std::size_t>(recipe_.training.batch_size));
  const auto batches = order.size() / batch_size;  // a last, smaller one would be noise
  Running running;
  for (std::size_t i = 0; i < batches; ++i) {
    set_learning_rate(*optimiser_, schedule_->rate_at(epoch + (static_cast<double>(i) + 0.5) /
                                                                  static_cast<double>(batches)));
    learn(order.subspan(i * batch_size, batch_size), epoch, generator, running);
    if (device_.is_cpu() || i % kBatchesBetweenReadings == 0 || i + 1 == batches) {
      report(epoch, batches * batch_size, running, started);
    }
  }
  return running;
}

void TrainingRun::report(int epoch, std::size_t images, Running& running,
                         Clock::time_point started) {
  running.read();
  if (!std::isfinite(running.loss)) {
    throw Error(ErrorCode::internal,
                recipe_.name + ": the loss is no longer a number in epoch " +
                    std::to_string(epoch + 1) +
                    "; lower optimiser.learning_rate or set optimiser.clip_norm");
  }
  observer_.on_batch({epoch + 1, recipe_.training.epochs, running.images, images,
                      running.mean(running.loss), running.means(),
                      static_cast<double>(running.images) / seconds_since(started)});
}

void TrainingRun::learn(std::span<const std::size_t> indices, int epoch, at::Generator& generator,
                        Running& running) {
  const auto step = task_.learn(*network_, indices, epoch, generator);
  optimiser_->zero_grad();
  step.loss.backward();
  if (recipe_.optimiser.clip_norm > 0) {
    torch::nn::utils::clip_grad_norm_(network_->parameters(), recipe_.optimiser.clip_norm);
  }
  optimiser_->step();
  if (average_) average_->update();
  running.add(step, indices.size());
}

}  // namespace mien::train
