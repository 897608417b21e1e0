#include "mien/expression_reader.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

/// A new face is read in as many frames before it may count as steady: as many as the smoothing
/// looks at.
constexpr int kFirstReadings = 6;
/// Between what is shown and a new reading that agrees: more than noise and small movements make.
constexpr float kAgreement = 0.2F;
/// Readings come that much early rather than a frame late.
constexpr double kEarly = 0.005;
constexpr double kForgotten = 2;  // seconds

/// What is known of one track.
struct Reading {
  Face shown;
  int readings = 0;
  bool is_steady = false;
  double time = 0;  ///< of the last one
  double seen = 0;
};

bool agree(const Face& reading, const Face& shown) {
  const auto shows = static_cast<std::size_t>(shown.expression);
  return reading.expression == shown.expression &&
         std::abs(reading.probabilities[shows] - shown.probabilities[shows]) < kAgreement;
}

/// Seconds between the readings of a steady face.
double period_of(const ReadingOptions& options) {
  const double rate = options.steady_readings_per_second;
  if (rate != 0 && !(rate >= 1)) {
    throw Error(ErrorCode::usage, "steady_readings_per_second is " + std::to_string(rate) +
                                      "; give 1 or more, or 0 for every frame");
  }
  return rate == 0 || options.smoothing.kind == Smoothing::none ? 0 : 1 / rate;
}

}  // namespace

class ExpressionReader::State {
 public:
  explicit State(const ReadingOptions& options)
      : period_(period_of(options)), smoother_(options.smoothing) {}

  std::vector<Face> read(ExpressionClassifier& classifier, const ImageView& picture,
                         std::span<const TrackedFace> faces, double time) {
    std::erase_if(readings_, [time](const auto& entry) {
      return std::abs(time - entry.second.seen) > kForgotten;
    });
    due_.clear();
    due_tracks_.clear();
    for (const auto& face : faces) {
      if (!is_due(face.track, time)) continue;
      due_.push_back(face.face);
      due_tracks_.push_back(face.track);
    }
    if (!due_.empty()) read_due(classifier, picture, time);
    return shown(faces, time);
  }

 private:
  bool is_due(int track, double time) const {
    const auto found = readings_.find(track);
    if (period_ == 0 || found == readings_.end() || !found->second.is_steady) return true;
    const double since = time - found->second.time;
    return since < 0 || since >= period_ - kEarly;
  }

  void read_due(ExpressionClassifier& classifier, const ImageView& picture, double time) {
    auto faces = classifier.classify(picture, due_);
    for (std::size_t i = 0; i < faces.size(); ++i) faces[i].track = due_tracks_[i];
    for (const auto& face : faces) {
      auto& reading = readings_[face.track];
      reading.is_steady = ++reading.readings > kFirstReadings && agree(face, reading.shown);
      reading.time = time;
    }
    smoother_.smooth(faces, time, classifier.card().uncertain_below);
    for (auto& face : faces) readings_[face.track].shown = std::move(face);
  }

  std::vector<Face> shown(std::span<const TrackedFace> faces, double time) {
    std::vector<Face> result;
    result.reserve(faces.size());
    for (const auto& tracked : faces) {
      auto& reading = readings_.at(tracked.track);
      reading.seen = time;
      auto& face = result.emplace_back(reading.shown);
      face.box = tracked.face.box;
      face.score = tracked.face.score;
      face.landmarks = tracked.face.landmarks;
    }
    return result;
  }

  double period_;
  ExpressionSmoother smoother_;
  std::map<int, Reading> readings_;
  std::vector<DetectedFace> due_;
  std::vector<int> due_tracks_;
};

ExpressionReader::ExpressionReader(const ReadingOptions& options)
    : state_(std::make_unique<State>(options)) {}
ExpressionReader::ExpressionReader(ExpressionReader&&) noexcept = default;
ExpressionReader& ExpressionReader::operator=(ExpressionReader&&) noexcept = default;
ExpressionReader::~ExpressionReader() = default;

std::vector<Face> ExpressionReader::read(ExpressionClassifier& classifier, const ImageView& picture,
                                         std::span<const TrackedFace> faces, double time) {
  return state_->read(classifier, picture, faces, time);
}

}  // namespace mien
