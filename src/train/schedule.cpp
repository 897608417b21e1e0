#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mien/error.h"

namespace mien::train {
namespace {

/// Warm-up, which all schedules share, and what comes after it.
class WarmSchedule : public Schedule {
 public:
  WarmSchedule(const ScheduleOptions& options, double learning_rate, int epochs)
      : options_(options), learning_rate_(learning_rate), epochs_(epochs) {}

  double rate_at(double epoch) const final {
    const double warmup = options_.warmup_epochs;
    if (epoch < warmup) return learning_rate_ * epoch / warmup;
    return std::max(options_.smallest_rate, learning_rate_ * share_at(epoch - warmup));
  }

  void observe(double) override {}
  ScheduleState state() const override { return {}; }
  void restore(const ScheduleState&) override {}

 protected:
  /// The share of the learning rate, `epoch` epochs after the warm-up.
  virtual double share_at(double epoch) const = 0;
  const ScheduleOptions& options() const { return options_; }
  double epochs_after_warmup() const { return std::max(1, epochs_ - options_.warmup_epochs); }

 private:
  ScheduleOptions options_;
  double learning_rate_;
  int epochs_;
};

class Constant final : public WarmSchedule {
  using WarmSchedule::WarmSchedule;
  double share_at(double) const override { return 1; }
};

/// Loshchilov and Hutter, 2016, "SGDR", without restarts.
class Cosine final : public WarmSchedule {
  using WarmSchedule::WarmSchedule;
  double share_at(double epoch) const override {
    const double done = std::min(1.0, epoch / epochs_after_warmup());
    return 0.5 * (1 + std::cos(std::numbers::pi * done));
  }
};

class Step final : public WarmSchedule {
  using WarmSchedule::WarmSchedule;
  double share_at(double epoch) const override {
    return std::pow(options().factor, std::floor(epoch / options().step_epochs));
  }
};

/// The rate falls when the validation loss has not become better for a while.
class Plateau final : public WarmSchedule {
  using WarmSchedule::WarmSchedule;
  double share_at(double) const override { return state_.factor; }
  void observe(double validation_loss) override {
    constexpr double kSmallestGain = 1e-4;
    if (validation_loss < state_.best_loss * (1 - kSmallestGain)) {
      state_.best_loss = validation_loss;
      state_.epochs_without_gain = 0;
    } else if (++state_.epochs_without_gain > options().patience) {
      state_.factor *= options().factor;
      state_.epochs_without_gain = 0;
    }
  }
  ScheduleState state() const override { return state_; }
  void restore(const ScheduleState& state) override { state_ = state; }

  ScheduleState state_;
};

}  // namespace

std::unique_ptr<Schedule> make_schedule(const ScheduleOptions& options, double learning_rate,
                                        int epochs) {
  if (options.name == "constant") return std::make_unique<Constant>(options, learning_rate, epochs);
  if (options.name == "cosine") return std::make_unique<Cosine>(options, learning_rate, epochs);
  if (options.name == "step") return std::make_unique<Step>(options, learning_rate, epochs);
  if (options.name == "plateau") return std::make_unique<Plateau>(options, learning_rate, epochs);
  throw Error(ErrorCode::usage, "recipe: schedule '" + options.name + "' is unknown");
}

}  // namespace mien::train
