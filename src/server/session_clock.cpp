#include "server/session_clock.h"

#include <algorithm>

namespace mien::server {
namespace {

/// A program that is killed loses what came since.
constexpr auto kBetweenBatches = std::chrono::milliseconds(500);

}  // namespace

void SessionClock::add(const FrameResult& result) {
  if (result.frame <= last_frame_) offset_ = largest_track_;
  last_frame_ = result.frame;
  auto numbered = result;
  for (auto& face : numbered.faces) {
    face.track += offset_;
    largest_track_ = std::max(largest_track_, face.track);
  }
  recorder_.add(now(), numbered);
}

std::optional<SessionBatch> SessionClock::take_if_due() {
  if (Clock::now() < taken_ + kBetweenBatches) return std::nullopt;
  taken_ = Clock::now();
  return recorder_.take(now());
}

double SessionClock::now() const {
  return std::chrono::duration<double>(Clock::now() - begun_).count();
}

}  // namespace mien::server
