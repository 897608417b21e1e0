#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/detection_evaluation.h"
#include "core/evaluation.h"

namespace mien {

/// One line of a run's metrics.jsonl.
struct TrainingEpoch {
  int epoch = 0;  ///< 1 is the first
  double train_loss = 0;
  double train_accuracy = 0;
  double validation_loss = 0;
  double validation_accuracy = 0;
};

/// Reads a run's metrics.jsonl. Throws Error: input when it cannot be read, model when a line is
/// not an epoch's metrics or there is none.
std::vector<TrainingEpoch> read_training_history(const std::filesystem::path& path);

/// How a detector did on some of the faces.
struct DetectionCurve {
  std::string name;  ///< for the legend
  DetectionEvaluation evaluation;
};

/// Plots into a file of the kind that its name ends in, `.svg` or `.png`, through PLplot: one
/// thread at a time. Throws Error (internal) when the plot or the file cannot be written.
void plot_confusion(const Evaluation& evaluation, const std::string& title,
                    const std::filesystem::path& path);
void plot_training(const std::vector<TrainingEpoch>& history, const std::string& title,
                   const std::filesystem::path& path);
/// Precision over recall, a dot at the threshold; three curves at most.
void plot_detection(const std::vector<DetectionCurve>& curves, const std::string& title,
                    const std::filesystem::path& path);

}  // namespace mien
