#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mien/expression_classifier.h"
#include "mien/expression_smoother.h"
#include "mien/face_tracker.h"

namespace mien {

struct ReadingOptions {
  SmoothingOptions smoothing = {};
  /// A face whose expression stays is read so many times a second, 1 or more, and keeps its last
  /// result in between; one that is new or changes is read in every frame. Default 5: a change is
  /// seen a fifth of a second later at most. More costs time; 0 reads every face in every frame, as
  /// does Smoothing::none.
  double steady_readings_per_second = 5;
};

/// Reads the expressions of followed faces and steadies them over time. One source and one thread.
class ExpressionReader {
 public:
  /// Throws Error (usage) for an option out of range.
  explicit ExpressionReader(const ReadingOptions& options = {});
  ExpressionReader(ExpressionReader&&) noexcept;
  ExpressionReader& operator=(ExpressionReader&&) noexcept;
  ~ExpressionReader();

  /// The faces of the frame at `time` (seconds, growing), in the order given, those that are read
  /// as one batch. Throws as the classifier does. The classifier may be another one in each call,
  /// of the same model.
  std::vector<Face> read(ExpressionClassifier& classifier, const ImageView& picture,
                         std::span<const TrackedFace> faces, double time);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
