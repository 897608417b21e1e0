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
  exponential,  ///< a mean in which older frames count less and less, and hysteresis
};

std::string_view name(Smoothing smoothing);
std::optional<Smoothing> smoothing_from_name(std::string_view name);

struct SmoothingOptions {
  Smoothing kind = Smoothing::exponential;
  /// Frames of the majority, 1..1000. Default 10. More is steadier and later.
  int window = 10;
};

/// Steadies the expression of each track, so that a label does not flicker. One source and one
/// thread.
///
/// majority: the probabilities are the mean over the window, the expression is the one that was
/// most probable in most of its frames; of equals the one that is shown stays.
///
/// exponential: each frame counts 0.3 in the mean, more when frames are so far apart that a mean
/// over 0.3 seconds asks for it. The expression changes only to the one that is largest in the mean
/// and that was most probable in three of the last six frames (those within a second, if they are
/// fewer), and in two more of them than the one shown. With a fifth of the frames wrong it follows
/// a change within five frames 99 times in 100 when exactly two of every ten frames are wrong.
class ExpressionSmoother {
 public:
  /// Throws Error (usage) for a window out of range.
  explicit ExpressionSmoother(const SmoothingOptions& options = {});
  ExpressionSmoother(ExpressionSmoother&&) noexcept;
  ExpressionSmoother& operator=(ExpressionSmoother&&) noexcept;
  ~ExpressionSmoother();

  /// Replaces probabilities, expression, confidence and `uncertain` (below `uncertain_below`) of
  /// the faces of the frame at `time` (seconds, growing), each track once. The probabilities still
  /// sum to 1. The confidence is the smoothed probability of the expression that is shown, which
  /// for some frames about a change need not be the largest. Tracks that are not seen for two
  /// seconds are forgotten.
  void smooth(std::vector<Face>& faces, double time, double uncertain_below);

  /// Forgets all tracks: another source follows.
  void reset();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
