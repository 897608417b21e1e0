#include "output/timeline.h"

#include <iterator>

namespace mien {

void Timeline::add(const FrameResult& result) {
  if (result.time < last_) tracks_.clear();
  for (const auto& face : result.faces) add(face, result.time);
  for (auto track = tracks_.begin(); track != tracks_.end();) {
    auto& runs = track->second;
    while (!runs.empty() && runs.front().end < result.time - kSeconds) runs.pop_front();
    track = runs.empty() ? tracks_.erase(track) : std::next(track);
  }
  last_ = result.time;
}

void Timeline::add(const Face& face, double time) {
  auto& runs = tracks_[face.track];
  const bool seen_before = !runs.empty() && runs.back().end >= last_;
  if (seen_before && runs.back().expression == face.expression &&
      runs.back().uncertain == face.uncertain) {
    runs.back().end = time;
  } else {
    runs.push_back({seen_before ? runs.back().end : time, time, face.expression, face.uncertain});
  }
}

const std::deque<Timeline::Run>& Timeline::runs(int track) const {
  static const std::deque<Run> kNone;
  const auto found = tracks_.find(track);
  return found == tracks_.end() ? kNone : found->second;
}

}  // namespace mien
