#include "mien/face_follower.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

/// A face that was not found for that many seconds is lost, and the whole frame is searched for it.
constexpr double kLost = 0.1;
/// Boxes that share more than this are of one face, found twice.
constexpr double kSameFace = 0.4;
/// Searches come that much early rather than a frame late.
constexpr double kEarly = 0.005;

bool same_face(const DetectedFace& a, const DetectedFace& b) {
  return iou(a.box, b.box) > kSameFace;
}

/// Adds those that are not there yet.
void merge(std::vector<DetectedFace>& faces, const std::vector<DetectedFace>& more) {
  for (const auto& face : more) {
    const auto same = [&](const auto& other) { return same_face(face, other); };
    if (std::none_of(faces.begin(), faces.end(), same)) faces.push_back(face);
  }
}

bool surer(const DetectedFace& a, const DetectedFace& b) { return a.score > b.score; }

}  // namespace

class FaceFollower::State {
 public:
  State(std::unique_ptr<FaceDetector> detector, const FaceFollowerOptions& options)
      : detector_(std::move(detector)), options_(options), tracker_(options.tracker) {
    if (!(options.searches_per_second >= 0)) {
      throw Error(ErrorCode::usage, "searches_per_second of the face follower is negative");
    }
  }

  std::vector<TrackedFace> follow(const ImageView& picture, double time) {
    const auto expected = tracker_.predict(time);
    auto faces = near(picture, expected);
    if (is_search_due(expected, time)) {
      merge(faces, detector_->detect(picture));
      searched_ = time;
    }
    return within(picture, tracker_.update(faces, time));
  }

  void reset() {
    tracker_.reset();
    searched_.reset();
  }

 private:
  /// Also in frames that are searched whole: the boxes of both searches may differ a little, and
  /// would jump with each.
  std::vector<DetectedFace> near(const ImageView& picture,
                                 const std::vector<TrackedFace>& expected) {
    std::vector<DetectedFace> all;
    for (const auto& track : expected) {
      const auto found = detector_->detect_near(picture, track.face.box);
      all.insert(all.end(), found.begin(), found.end());
    }
    std::stable_sort(all.begin(), all.end(), surer);
    std::vector<DetectedFace> faces;
    merge(faces, all);
    return faces;
  }

  bool is_search_due(const std::vector<TrackedFace>& tracks, double time) const {
    if (!searched_ || options_.searches_per_second == 0) return true;
    const double period = 1 / options_.searches_per_second;
    const double since = time - *searched_;
    if (!(since >= 0 && since < period - kEarly)) return true;
    // A find that comes and goes must not have every frame searched.
    if (since < period / 2 - kEarly) return false;
    return std::any_of(tracks.begin(), tracks.end(), [&](const auto& track) {
      return track.track > 0 && track.unseen >= kLost && time - track.unseen >= *searched_;
    });
  }

  static std::vector<TrackedFace> within(const ImageView& picture,
                                         std::vector<TrackedFace> tracks) {
    const Box all{0, 0, picture.width, picture.height};
    for (auto& track : tracks) track.face.box = intersection(track.face.box, all);
    std::erase_if(tracks, [](const auto& track) { return area(track.face.box) == 0; });
    return tracks;
  }

  std::unique_ptr<FaceDetector> detector_;
  FaceFollowerOptions options_;
  FaceTracker tracker_;
  std::optional<double> searched_;  ///< when the whole frame was searched last
};

FaceFollower::FaceFollower(std::unique_ptr<FaceDetector> detector,
                           const FaceFollowerOptions& options)
    : state_(std::make_unique<State>(std::move(detector), options)) {}
FaceFollower::FaceFollower(FaceFollower&&) noexcept = default;
FaceFollower& FaceFollower::operator=(FaceFollower&&) noexcept = default;
FaceFollower::~FaceFollower() = default;

std::vector<TrackedFace> FaceFollower::follow(const ImageView& picture, double time) {
  return state_->follow(picture, time);
}

void FaceFollower::reset() { state_->reset(); }

}  // namespace mien
