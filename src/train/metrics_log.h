#pragma once

#include <filesystem>
#include <string>

#include "train/measures.h"

namespace mien::train {

/// What is known after an epoch.
struct EpochMetrics {
  int epoch = 0;  ///< 1 is the first
  double train_loss = 0;
  Measures train = {};       ///< on the augmented pictures
  Measures validation = {};  ///< empty when this epoch was not measured
  double learning_rate = 0;  ///< at the epoch's end
  double seconds = 0;
  double images_per_second = 0;
  bool best = false;  ///< the best on the validation split so far
};

/// metrics.jsonl: one line per epoch, never torn.
class MetricsLog {
 public:
  /// Keeps the lines of the file up to `last_epoch`; those after it belong to epochs that will run
  /// again.
  MetricsLog(std::filesystem::path path, int last_epoch);

  void append(const EpochMetrics& metrics);

 private:
  std::filesystem::path path_;
  std::string text_;
};

}  // namespace mien::train
