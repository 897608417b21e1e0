#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "mien/face.h"

namespace mien {

/// How a face's probabilities are smoothed over time.
enum class Smoothing {
  none,
  majority,     ///< the most frequent label of the last frames
  exponential,  ///< a mean in which older frames count less and less
};

std::string_view name(Smoothing smoothing);
std::optional<Smoothing> smoothing_from_name(std::string_view name);

struct SmoothingOptions {
  Smoothing kind = Smoothing::exponential;
  /// Frames of the majority. Default 10.
  int window = 10;
};

/// Steadies the expression of each track, so that a label does not flicker: it changes when another
/// is ahead by enough, for long enough. One source and one thread.
class ExpressionSmoother {
 public:
  explicit ExpressionSmoother(const SmoothingOptions& options = {});
  ExpressionSmoother(ExpressionSmoother&&) noexcept;
  ExpressionSmoother& operator=(ExpressionSmoother&&) noexcept;
  ~ExpressionSmoother();

  /// Replaces probabilities, expression, confidence and `uncertain` (below `uncertain_below`) of
  /// the faces of the frame at `time` (seconds, growing). Tracks that are not seen are forgotten in
  /// time.
  void smooth(std::vector<Face>& faces, double time, double uncertain_below);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
