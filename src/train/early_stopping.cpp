#include "train/early_stopping.h"

namespace mien::train {

bool EarlyStopping::observe(double accuracy) {
  const bool better = accuracy > best_;
  epochs_without_gain_ = better ? 0 : epochs_without_gain_ + 1;
  if (better) best_ = accuracy;
  return better;
}

void EarlyStopping::restore(double best, int epochs_without_gain) {
  best_ = best;
  epochs_without_gain_ = epochs_without_gain;
}

}  // namespace mien::train
