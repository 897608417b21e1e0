#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "train/train_observer.h"

namespace mien::train {

/// Shows nothing, and keeps what it was told.
class RecordingObserver final : public TrainObserver {
 public:
  void on_reading(std::uintmax_t, std::uintmax_t) override {}
  void on_answering(std::uintmax_t done, std::uintmax_t total) override {
    answered = done;
    to_answer = total;
  }
  void on_note(const std::string& note) override { notes.push_back(note); }
  void on_start(const std::string&) override {}
  void on_batch(const BatchProgress& progress) override {
    if (killing) throw std::runtime_error("killed");
    last_batch = progress;
    ++batches;
  }
  void on_epoch(const EpochMetrics& metrics, int) override {
    epochs.push_back(metrics);
    if (static_cast<int>(epochs.size()) == stop_after) throw std::runtime_error("stopped");
  }

  bool killing = false;  ///< the first batch throws
  int stop_after = -1;   ///< so many epochs throw
  std::uintmax_t answered = 0;
  std::uintmax_t to_answer = 0;
  int batches = 0;
  BatchProgress last_batch;
  std::vector<std::string> notes;
  std::vector<EpochMetrics> epochs;
};

}  // namespace mien::train
