#include "mien/face_follower.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mien/error.h"
#include "vision/tracking/change_map.h"

namespace mien {
namespace {

/// Boxes that share more than this, or of which one lies so much within the other, are of one face,
/// found twice.
constexpr double kSameFace = 0.4;
constexpr double kWithin = 0.75;
/// Searches come that much early rather than a frame late.
constexpr double kEarly = 0.005;
/// Whole frames that may be searched at once when little was searched before: at the beginning, and
/// where a scene ends.
constexpr double kMostCredit = 3;
/// The whole frame is searched, changed or not, once in so many periods.
constexpr double kStillPeriods = 6;
/// A part larger than this is searched as the whole frame.
constexpr double kWhole = 0.6;
/// Where a face that is lost is looked for: so many times its box.
constexpr double kReach = 3;
/// A face takes the head about it along: what changes there is no new face.
constexpr double kHead = 1.9;

bool same_face(const DetectedFace& a, const DetectedFace& b) {
  const auto shared = static_cast<double>(area(intersection(a.box, b.box)));
  const auto smaller = static_cast<double>(std::min(area(a.box), area(b.box)));
  return iou(a.box, b.box) > kSameFace || shared > kWithin * smaller;
}

/// Adds those that are not there yet.
void merge(std::vector<DetectedFace>& faces, const std::vector<DetectedFace>& more) {
  for (const auto& face : more) {
    const auto same = [&](const auto& other) { return same_face(face, other); };
    if (std::none_of(faces.begin(), faces.end(), same)) faces.push_back(face);
  }
}

bool surer(const DetectedFace& a, const DetectedFace& b) { return a.score > b.score; }

/// A track begins with what the detector takes for a face.
FaceTrackerOptions tracker_options(FaceTrackerOptions options, const FaceDetector& detector) {
  if (!options.start_score) options.start_score = detector.min_score();
  return options;
}

void check(const FaceFollowerOptions& options) {
  if (!(options.searches_per_second >= 0)) {
    throw Error(ErrorCode::usage, "searches_per_second of the face follower is negative");
  }
  if (options.detect_every < 0) {
    throw Error(ErrorCode::usage, "detect_every of the face follower is negative");
  }
}

}  // namespace

class FaceFollower::State {
 public:
  State(std::unique_ptr<FaceDetector> detector, const FaceFollowerOptions& options)
      : detector_(std::move(detector)),
        options_(options),
        tracker_(tracker_options(options.tracker, *detector_)),
        changes_(1 / options.searches_per_second) {
    check(options);
  }

  std::vector<TrackedFace> follow(const ImageView& picture, double time) {
    const auto expected = tracker_.predict(time);
    auto faces = near(picture, expected);
    if (options_.detect_every > 0) {
      if (frame_++ % options_.detect_every == 0) merge(faces, detector_->detect(picture));
    } else if (options_.searches_per_second == 0) {
      merge(faces, detector_->detect(picture));
    } else {
      search(picture, time, expected, faces);
    }
    return within(picture, tracker_.update(faces, time));
  }

  void reset() {
    tracker_.reset();
    changes_.reset();
    searched_.reset();
    before_.reset();
    frame_ = 0;
  }

 private:
  /// Searches what changed and adds the faces that are new.
  void search(const ImageView& picture, double time, const std::vector<TrackedFace>& expected,
              std::vector<DetectedFace>& faces) {
    changes_.look(picture, time);
    for (const auto& track : expected) {
      const auto found = [&](const auto& face) { return iou(face.box, track.face.box) > 0; };
      if (track.track > 0 && std::none_of(faces.begin(), faces.end(), found)) {
        changes_.open(enlarged(track.face.box, kReach));
      }
    }
    for (const auto& face : faces) changes_.close(enlarged(face.box, kHead));
    earn(time);
    const Box whole{0, 0, picture.width, picture.height};
    if (is_whole_search_due(time)) {
      search(picture, whole, faces);
      searched_ = time;
      return;
    }
    for (const auto& part : changes_.parts()) {
      const double share = static_cast<double>(area(part)) / static_cast<double>(area(whole));
      if (share > kWhole) {
        if (credit_ >= 1) {
          search(picture, whole, faces);
          searched_ = time;
        }
        return;
      }
      if (share > credit_) return;
      search(picture, part, faces);
    }
  }

  void search(const ImageView& picture, const Box& part, std::vector<DetectedFace>& faces) {
    merge(faces, detector_->detect_in(picture, part, round_++));
    changes_.searched(part);
    credit_ -= static_cast<double>(area(part)) /
               (static_cast<double>(picture.width) * static_cast<double>(picture.height));
  }

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

  /// Time brings credit, searching costs it.
  void earn(double time) {
    const double step = before_ ? time - *before_ : kMostCredit / options_.searches_per_second;
    if (step > 0) credit_ = std::min(kMostCredit, credit_ + step * options_.searches_per_second);
    before_ = time;
  }

  bool is_whole_search_due(double time) const {
    if (!searched_) return true;
    const double since = time - *searched_;
    return !(since >= 0 && since < kStillPeriods / options_.searches_per_second - kEarly);
  }

  static Box enlarged(const Box& box, double times) {
    const int across = static_cast<int>((times - 1) / 2 * box.width);
    const int down = static_cast<int>((times - 1) / 2 * box.height);
    return {box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down};
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
  ChangeMap changes_;
  double credit_ = 0;  ///< whole frames that may be searched
  int round_ = 0;
  long long frame_ = 0;             ///< the next one's number, where every Nth is searched
  std::optional<double> before_;    ///< the last frame's time
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
