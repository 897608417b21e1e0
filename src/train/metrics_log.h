#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mien::train {

/// What is known after an epoch.
struct EpochMetrics {
  int epoch = 0;  ///< 1 is the first
  double train_loss = 0;
  double train_accuracy = 0;   ///< on the augmented pictures
  double validation_loss = 0;  ///< cross entropy
  double validation_accuracy = 0;
  double learning_rate = 0;  ///< at the epoch's end
  double seconds = 0;
  double images_per_second = 0;
  bool best = false;  ///< the best validation accuracy so far
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
