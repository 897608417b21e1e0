#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "mien/model_card.h"
#include "train/recipe.h"

namespace mien::train {

/// What a finished run knows of its best weights, measured in float32 on the validation split.
struct RunResult {
  int best_epoch = 0;
  double temperature = 1;
  std::map<std::string, double> metrics;
  GroupMetrics groups = {};  ///< of attributes
};

/// Where a run keeps everything: the recipe, the environment, the metrics and the checkpoints.
class RunFolder {
 public:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path recipe() const { return path_ / "recipe.toml"; }
  std::filesystem::path environment() const { return path_ / "environment.json"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path checkpoint() const { return path_ / "checkpoint.pt"; }
  std::filesystem::path best_weights() const { return path_ / "best.pt"; }
  std::filesystem::path result() const { return path_ / "result.json"; }
  const std::filesystem::path& path() const { return path_; }

  /// Throws Error (usage) when the folder holds a run already.
  void require_no_run() const;

  /// For a new run.
  void create(const Recipe& recipe, const std::map<std::string, std::string>& environment) const;

  /// Throws Error when there is no run, or when it was made with another recipe (usage).
  void check_resumable(const Recipe& recipe) const;

  /// Throws Error (input) when the folder holds no run.
  Recipe read_recipe() const;

  std::map<std::string, std::string> read_environment() const;

  void write_result(const RunResult& result) const;
  /// Throws Error (input) when the run is not finished.
  RunResult read_result() const;

 private:
  std::filesystem::path path_;
};

}  // namespace mien::train
