#include "vision/attribute_reader.h"

#include <cmath>

namespace mien {
namespace {

/// Enough that one bad frame does not decide.
constexpr int kFirstReadings = 6;
constexpr double kPeriod = 0.5;   // seconds
constexpr double kForgotten = 2;  // seconds

}  // namespace

AttributeReader::AttributeReader(const ReadingOptions& options)
    : smooths_(options.smoothing.kind != Smoothing::none) {}

void AttributeReader::read(AttributeEstimator& estimator, const ImageView& picture,
                           std::span<const TrackedFace> tracked, double time,
                           std::span<Face> shown) {
  std::erase_if(tracks_, [time](const auto& entry) {
    return std::abs(time - entry.second.seen) > kForgotten;
  });
  std::vector<DetectedFace> due;
  std::vector<Track*> due_tracks;
  for (const auto& face : tracked) {
    auto& track = tracks_[face.track];
    track.seen = time;
    if (!is_due(track, time)) continue;
    due.push_back(face.face);
    due_tracks.push_back(&track);
  }
  if (!due.empty()) {
    const auto said = estimator.estimate(picture, due);
    for (std::size_t i = 0; i < said.size(); ++i) {
      add(*due_tracks[i], said[i]);
      due_tracks[i]->read = time;
    }
  }
  for (std::size_t i = 0; i < tracked.size(); ++i) {
    shown[i].attributes = tracks_.at(tracked[i].track).last;
  }
}

bool AttributeReader::is_due(const Track& track, double time) const {
  return !smooths_ || track.readings < kFirstReadings || std::abs(time - track.read) >= kPeriod;
}

void AttributeReader::add(Track& track, const Attributes& said) const {
  ++track.readings;
  track.last = said;
  if (!smooths_) return;
  if (said.gender) {
    track.female += female_share(*said.gender);
    track.last.gender = gender_estimate(static_cast<float>(track.female / track.readings));
  }
  if (said.age) {
    track.age += *said.age;
    track.last.age = static_cast<float>(track.age / track.readings);
  }
}

}  // namespace mien
