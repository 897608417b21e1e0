#include "history/session_feed.h"

#include <algorithm>

namespace mien {
namespace {

constexpr auto kBetweenBatches = std::chrono::milliseconds(500);
constexpr int kOnly = 1;  // the participant, where there is one alone

}  // namespace

SessionFeed::SessionFeed(const SessionFeedOptions& options)
    : participant_(options.participant), recorder_(options.recorder) {
  if (options.key_frames) frames_.emplace(*options.key_frames);
  if (participant_) recorder_.introduce({.number = kOnly, .name = *participant_, .shown = true});
}

void SessionFeed::add(double time, const FrameResult& result, const ImageView& picture) {
  if (result.frame <= last_frame_) begin_anew();
  last_frame_ = result.frame;
  const auto faces = recorded(result);
  recorder_.add(time, faces);
  if (frames_) frames_->add(time, faces, picture);
}

/// The faces that are recorded, under their participants' numbers.
FrameResult SessionFeed::recorded(const FrameResult& result) {
  auto chosen = result;
  if (participant_) {
    chosen.faces.clear();
    if (const auto* face = largest_face(result.faces)) {
      chosen.faces.push_back(*face);
      chosen.faces.back().track = kOnly;
    }
    return chosen;
  }
  for (auto& face : chosen.faces) {
    face.track += offset_;
    largest_track_ = std::max(largest_track_, face.track);
  }
  return chosen;
}

std::optional<SessionBatch> SessionFeed::take_if_due(double time) {
  const auto now = std::chrono::steady_clock::now();
  if (now < taken_ + kBetweenBatches) return std::nullopt;
  taken_ = now;
  auto batch = recorder_.take(time);
  if (frames_) batch.key_frames = frames_->take(time);
  return batch;
}

SessionBatch SessionFeed::finish(double time) {
  auto batch = recorder_.finish(time);
  if (frames_) batch.key_frames = frames_->finish();
  return batch;
}

}  // namespace mien
