#pragma once

#include <deque>
#include <unordered_map>

#include "mien/frame_result.h"

namespace mien {

/// What each track of one source showed in the last seconds.
class Timeline {
 public:
  static constexpr double kSeconds = 10;

  /// A time without a gap in which a face showed one expression, in seconds of the source.
  struct Run {
    double begin = 0;
    double end = 0;
    Expression expression = Expression::neutral;
    bool uncertain = false;
  };

  /// The next frame. A time before that of the last one begins anew.
  void add(const FrameResult& result);

  /// In order; none when the track was not seen lately.
  const std::deque<Run>& runs(int track) const;

 private:
  void add(const Face& face, double time);

  std::unordered_map<int, std::deque<Run>> tracks_;
  double last_ = 0;
};

}  // namespace mien
