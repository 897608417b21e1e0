#pragma once

namespace mien::train {

/// Stops a run when the validation accuracy has not become better for `patience` epochs; 0: never.
class EarlyStopping {
 public:
  explicit EarlyStopping(int patience) : patience_(patience) {}

  /// True when this epoch is the best so far.
  bool observe(double accuracy);
  /// For an epoch that was not measured.
  void pass() { ++epochs_without_gain_; }
  bool should_stop() const { return patience_ > 0 && epochs_without_gain_ >= patience_; }

  double best() const { return best_; }
  int epochs_without_gain() const { return epochs_without_gain_; }
  void restore(double best, int epochs_without_gain);

 private:
  int patience_;
  double best_ = -1;
  int epochs_without_gain_ = 0;
};

}  // namespace mien::train
