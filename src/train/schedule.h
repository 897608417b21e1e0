#pragma once

#include <memory>

#include "train/recipe.h"

namespace mien::train {

/// What a schedule remembers between epochs.
struct ScheduleState {
  double factor = 1;        ///< plateau: what the rate has been multiplied by
  double best_loss = 1e30;  ///< plateau
  int epochs_without_gain = 0;
};

/// The learning rate over a run.
class Schedule {
 public:
  virtual ~Schedule() = default;
  /// `epoch` is fractional: 2.5 is the middle of the third epoch.
  virtual double rate_at(double epoch) const = 0;
  /// Called after each epoch with the validation loss.
  virtual void observe(double validation_loss) = 0;
  virtual ScheduleState state() const = 0;
  virtual void restore(const ScheduleState& state) = 0;
};

std::unique_ptr<Schedule> make_schedule(const ScheduleOptions& options, double learning_rate,
                                        int epochs);

}  // namespace mien::train
