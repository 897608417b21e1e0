#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "train/measures.h"
#include "train/metrics_log.h"

namespace mien::train {

/// How far an epoch is.
struct BatchProgress {
  int epoch = 0;
  int epochs = 0;
  std::size_t images_done = 0;
  std::size_t images = 0;
  double loss = 0;    ///< mean of the epoch so far
  Measures measures;  ///< means of the epoch so far
  double images_per_second = 0;
};

/// Is told how training goes.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void on_reading(std::uintmax_t done, std::uintmax_t total) = 0;
  /// Views of faces that teachers have answered to.
  virtual void on_answering(std::uintmax_t done, std::uintmax_t total) = 0;
  /// Something that the user should know; the run goes on.
  virtual void on_note(const std::string& note) = 0;
  virtual void on_start(const std::string& description) = 0;
  virtual void on_batch(const BatchProgress& progress) = 0;
  virtual void on_epoch(const EpochMetrics& metrics, int epochs) = 0;
};

}  // namespace mien::train
