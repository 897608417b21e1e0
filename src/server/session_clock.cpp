#include "server/session_clock.h"

#include <algorithm>

namespace mien::server {
namespace {

/// A program that is killed loses what came since.
constexpr auto kBetweenBatches = std::chrono::milliseconds(500);

}  // namespace

SessionClock::SessionClock(const RecorderOptions& options,
                           const std::optional<KeyFrameOptions>& key_frames)
    : recorder_(options) {
  if (key_frames) frames_.emplace(*key_frames);
}

void SessionClock::add(const FrameResult& result, const ImageView& picture) {
  if (result.frame <= last_frame_) begin_anew();
  last_frame_ = result.frame;
  auto numbered = result;
  for (auto& face : numbered.faces) {
    face.track += offset_;
    largest_track_ = std::max(largest_track_, face.track);
  }
  const double time = now();
  recorder_.add(time, numbered);
  if (frames_) frames_->add(time, numbered, picture);
}

std::optional<SessionBatch> SessionClock::take_if_due() {
  if (Clock::now() < taken_ + kBetweenBatches) return std::nullopt;
  taken_ = Clock::now();
  auto batch = recorder_.take(now());
  if (frames_) batch.key_frames = frames_->take(now());
  return batch;
}

SessionBatch SessionClock::finish() {
  auto batch = recorder_.finish(now());
  if (frames_) batch.key_frames = frames_->finish();
  return batch;
}

double SessionClock::now() const {
  return std::chrono::duration<double>(Clock::now() - begun_).count();
}

}  // namespace mien::server
