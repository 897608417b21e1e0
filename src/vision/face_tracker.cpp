#include "mien/face_tracker.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "mien/error.h"
#include "vision/tracking/assignment.h"
#include "vision/tracking/box_filter.h"

namespace mien {
namespace {

constexpr double kStartScore = 0.5;
/// Frames farther apart than this have nothing to do with each other.
constexpr double kLongestStep = 2;

// A face farther away than this from where its track should be is another one. In sizes of the
// face: at least, and for a track whose place is uncertain.
constexpr double kNear = 0.6;
constexpr double kFar = 2;
constexpr double kDeviations = 3;
/// ln of how much larger or smaller a face is found than expected.
constexpr double kSizeGate = 0.9;

constexpr double kImpossible = 1e6;
constexpr double kCostLimit = 3;

// How much a lack of overlap, a difference in size (ln) and the wrong direction count beside a
// distance in sizes of the face.
constexpr double kOverlapWeight = 0.5;
constexpr double kSizeWeight = 1;
constexpr double kDirectionWeight = 0.2;
/// Slower than that, in sizes a second, a direction says nothing.
constexpr double kStill = 0.3;

struct Place {
  double x = 0;
  double y = 0;
};

/// Takes the landmarks along where a box goes and grows.
void move(Landmarks& landmarks, const BoxShape& from, const BoxShape& to) {
  const double growth = std::exp(to.log_size - from.log_size);
  for (auto& point : landmarks) {
    point.x = static_cast<float>(to.x + growth * (point.x - from.x));
    point.y = static_cast<float>(to.y + growth * (point.y - from.y));
  }
}

struct Track {
  int id = 0;  ///< 0: not confirmed yet
  BoxFilter filter;
  double time = 0;  ///< to which the filter was predicted
  double seen = 0;  ///< when it was found last
  int missed = 0;   ///< frames in a row without it
  Place last;       ///< where it was found last
  DetectedFace face;

  Track(const DetectedFace& found, double now)
      : filter(found.box), time(now), seen(now), face(found) {
    note(found);
  }

  void predict(double now) {
    filter.predict(now - time);
    time = now;
  }

  void take(const DetectedFace& found, double now) {
    filter.correct(found.box);
    seen = now;
    missed = 0;
    note(found);
  }

  TrackedFace shown() const {
    TrackedFace result{id, face, missed == 0, time - seen};
    const auto shape = filter.shape();
    result.face.box = box_of(shape);
    if (result.face.landmarks) move(*result.face.landmarks, shape_of(face.box), shape);
    return result;
  }

 private:
  void note(const DetectedFace& found) {
    const auto shape = shape_of(found.box);
    last = {shape.x, shape.y};
    face = found;
  }
};

/// 0 when the face lies where the track was heading, 1 when it lies the other way.
double wrong_direction(const Track& track, const BoxShape& face, double size) {
  const double vx = track.filter.velocity_x();
  const double vy = track.filter.velocity_y();
  const double dx = face.x - track.last.x;
  const double dy = face.y - track.last.y;
  const double speed = std::hypot(vx, vy);
  const double way = std::hypot(dx, dy);
  if (speed < kStill * size || way == 0) return 0;
  return (1 - (vx * dx + vy * dy) / (speed * way)) / 2;
}

double cost_of(const Track& track, const DetectedFace& face) {
  const auto expected = track.filter.shape();
  const auto found = shape_of(face.box);
  const double size = std::exp((expected.log_size + found.log_size) / 2);
  const double distance = std::hypot(found.x - expected.x, found.y - expected.y) / size;
  const double growth = std::abs(found.log_size - expected.log_size);
  const double reach = std::clamp(kDeviations * track.filter.uncertainty() / size, kNear, kFar);
  if (distance > reach || growth > kSizeGate) return kImpossible;
  return distance + kOverlapWeight * (1 - iou(box_of(expected), face.box)) + kSizeWeight * growth +
         kDirectionWeight * wrong_direction(track, found, size);
}

void check(const FaceTrackerOptions& options) {
  const auto check_seconds = [](const char* name, double value) {
    if (!(value >= 0 && value <= 3600)) {
      throw Error(ErrorCode::usage,
                  std::string(name) + " of the face tracker is not within 0..3600 seconds");
    }
  };
  check_seconds("memory_seconds", options.memory_seconds);
  check_seconds("coast_seconds", options.coast_seconds);
  check_seconds("confirm_seconds", options.confirm_seconds);
  const double start_score = options.start_score.value_or(kStartScore);
  if (!(start_score >= 0 && start_score <= 1)) {
    throw Error(ErrorCode::usage, "start_score of the face tracker is not within 0..1");
  }
}

}  // namespace

class FaceTracker::State {
 public:
  explicit State(const FaceTrackerOptions& options) : options_(options) { check(options); }

  std::vector<TrackedFace> predict(double time) const {
    const double now = clock_at(time);
    std::vector<TrackedFace> all;
    for (auto track : tracks_) {
      if (is_forgotten(track, now)) continue;
      track.predict(now);
      all.push_back(track.shown());
      all.back().detected = false;
    }
    return all;
  }

  std::vector<TrackedFace> update(std::span<const DetectedFace> faces, double time) {
    const double now = clock_at(time);
    const bool alone = !time_ || now - clock_ > options_.confirm_seconds;
    std::erase_if(tracks_, [&](const Track& track) { return is_forgotten(track, now); });
    for (auto& track : tracks_) {
      track.predict(now);
      ++track.missed;
    }
    clock_ = now;
    if (std::isfinite(time)) time_ = time;
    join(faces, now, alone);
    return report(now);
  }

  void reset() { *this = State(options_); }

 private:
  /// The tracker's own clock at `time`; it stands still where the source's jumps back.
  double clock_at(double time) const {
    const double step = time_ ? time - *time_ : 0;
    return clock_ + (std::isfinite(step) ? std::max(step, 0.0) : 0.0);
  }

  bool is_forgotten(const Track& track, double now) const {
    const double unseen = now - track.seen;
    if (track.missed == 0) return unseen > std::max(options_.memory_seconds, kLongestStep);
    return unseen > (track.id == 0 ? options_.confirm_seconds : options_.memory_seconds);
  }

  /// Gives each face to the track that it fits best: first the sure faces to the tracks that are
  /// confirmed, then the unsure ones to those that are left, then what is left to new tracks.
  void join(std::span<const DetectedFace> faces, double now, bool alone) {
    std::vector<const DetectedFace*> sure;
    std::vector<const DetectedFace*> unsure;
    for (const auto& face : faces) {
      if (area(face.box) == 0) continue;
      const bool is_sure = face.score >= options_.start_score.value_or(kStartScore);
      (is_sure ? sure : unsure).push_back(&face);
    }
    std::vector<Track*> confirmed;
    std::vector<Track*> tentative;
    for (auto& track : tracks_) (track.id > 0 ? confirmed : tentative).push_back(&track);
    join(confirmed, sure, now);
    join(confirmed, unsure, now);
    join(tentative, sure, now);
    for (auto* track : tentative) {
      if (track->missed == 0) track->id = next_id_++;
    }
    for (const auto* face : sure) {
      auto& track = tracks_.emplace_back(*face, now);
      if (alone) track.id = next_id_++;
    }
  }

  /// Takes those that are joined out of both lists.
  static void join(std::vector<Track*>& tracks, std::vector<const DetectedFace*>& faces,
                   double now) {
    CostMatrix costs(tracks.size(), faces.size());
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      for (std::size_t j = 0; j < faces.size(); ++j) {
        costs.at(i, j) = cost_of(*tracks[i], *faces[j]);
      }
    }
    const auto chosen = assign(costs, kCostLimit);
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      if (!chosen[i]) continue;
      tracks[i]->take(*faces[*chosen[i]], now);
      faces[*chosen[i]] = nullptr;
    }
    std::erase(faces, nullptr);
    std::erase_if(tracks, [](const Track* track) { return track->missed == 0 && track->id > 0; });
  }

  std::vector<TrackedFace> report(double now) const {
    std::vector<TrackedFace> shown;
    for (const auto& track : tracks_) {
      const bool coasting = track.missed > 0 && now - track.seen <= options_.coast_seconds;
      if (track.id > 0 && (track.missed == 0 || coasting)) shown.push_back(track.shown());
    }
    std::sort(shown.begin(), shown.end(),
              [](const auto& a, const auto& b) { return a.track < b.track; });
    return shown;
  }

  FaceTrackerOptions options_;
  std::vector<Track> tracks_;
  std::optional<double> time_;  ///< of the frame before, as the source has it
  double clock_ = 0;            ///< the same without jumps
  int next_id_ = 1;
};

FaceTracker::FaceTracker(const FaceTrackerOptions& options)
    : state_(std::make_unique<State>(options)) {}
FaceTracker::FaceTracker(FaceTracker&&) noexcept = default;
FaceTracker& FaceTracker::operator=(FaceTracker&&) noexcept = default;
FaceTracker::~FaceTracker() = default;

std::vector<TrackedFace> FaceTracker::predict(double time) const { return state_->predict(time); }

std::vector<TrackedFace> FaceTracker::update(std::span<const DetectedFace> faces, double time) {
  return state_->update(faces, time);
}

void FaceTracker::reset() { state_->reset(); }

}  // namespace mien
