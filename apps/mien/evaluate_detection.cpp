#include "evaluate_detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <utility>
#include <vector>

#include "core/detection_evaluation.h"
#include "core/progress_bar.h"
#include "dataset/wider_face.h"
#include "messages.h"
#include "mien/error.h"
#include "output/plots.h"
#include "quiet_picture.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

/// Heights in pixels from which on faces must be found, the sizes that detectors are compared by.
constexpr std::array<int, 3> kHeights = {20, 40, 80};
/// What is found is asked for with lower scores than a user would, so that the curve is whole.
constexpr double kLowestScore = 0.02;

constexpr std::array<std::pair<std::string_view, WiderSplit>, 3> kSplits = {
    {{"training", WiderSplit::training},
     {"validation", WiderSplit::validation},
     {"all", WiderSplit::all}}};

WiderSplit split_of(const std::string& name) {
  if (name.empty()) return WiderSplit::all;
  for (const auto& [known, split] : kSplits) {
    if (known == name) return split;
  }
  throw Error(ErrorCode::usage,
              "--split " + name + ": of detection there are training, validation and all");
}

/// The detector itself is asked with another.
void check_threshold(const FaceDetectorOptions& options) {
  const double threshold = options.min_score.value_or(0);
  if (threshold >= 0 && threshold <= 1) return;
  throw Error(ErrorCode::usage, fmt::format("--min-score {}: give 0 to 1", threshold));
}

/// Says the first few of what is wrong, for a broken data set has thousands.
class Complaints {
 public:
  void add(const std::string& complaint) {
    constexpr int kMost = 5;
    if (said_ == kMost) return;
    say(complaint);
    ++said_;
  }

  /// `all` that were skipped, among which those that were said.
  void finish(std::size_t all) const {
    if (all > said_) say(fmt::format("{} more were skipped", all - said_));
  }

 private:
  std::size_t said_ = 0;
};

cv::Mat view(Image& image) {
  return {image.height(), image.width(), CV_8UC3, image.pixels().data()};
}

/// The picture, no side of it longer than `limit`, and the factor that it was scaled by.
std::pair<Image, double> read_scaled(const std::filesystem::path& path, int limit) {
  Image picture = read_picture_quietly(path);
  const int longest = std::max(picture.width(), picture.height());
  if (limit == 0 || longest <= limit) return {std::move(picture), 1.0};
  const double scale = static_cast<double>(limit) / longest;
  const auto scaled = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  Image smaller(scaled(picture.width()), scaled(picture.height()), PixelFormat::bgr);
  cv::Mat target = view(smaller);
  cv::resize(view(picture), target, target.size(), 0, 0, cv::INTER_AREA);
  return {std::move(smaller), scale};
}

/// A detector with a stopwatch. A picture of a size that was not seen before is searched twice, as
/// a detector may prepare for it.
class TimedDetector {
 public:
  explicit TimedDetector(FaceDetectorOptions options) {
    options.min_score = kLowestScore;
    detector_ = make_face_detector(options);
  }

  std::vector<DetectedFace> detect(const ImageView& picture) {
    if (sizes_.insert({picture.width, picture.height}).second) detector_->detect(picture);
    const auto start = Clock::now();
    auto found = detector_->detect(picture);
    elapsed_ += Clock::now() - start;
    ++pictures_;
    return found;
  }

  double default_min_score() const { return detector_->default_min_score(); }
  double milliseconds() const { return 1000 * elapsed_.count() / pictures_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<FaceDetector> detector_;
  std::set<std::pair<int, int>> sizes_;
  std::chrono::duration<double> elapsed_{};
  int pictures_ = 0;
};

struct Measured {
  std::size_t pictures = 0;
  std::size_t skipped_pictures = 0;
  std::size_t skipped_faces = 0;
  double threshold = 0;
  double milliseconds = 0;  ///< a picture
  std::array<DetectionEvaluation, kHeights.size()> by_height;
};

/// What is found in each picture that can be read.
std::vector<DetectionResult> search(const DetectionTask& task, const MarkedPictures& data,
                                    TimedDetector& detector, Complaints& complaints) {
  std::vector<DetectionResult> results;
  ProgressBar bar("evaluate");
  for (std::size_t i = 0; i < data.pictures.size(); ++i) {
    const auto& marked = data.pictures[i];
    try {
      const auto [picture, scale] = read_scaled(marked.path, task.longest_side);
      results.push_back({detector.detect(picture.view()), annotated_faces(marked, scale, scale)});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      complaints.add(error.what());
    }
    bar.update(i + 1, data.pictures.size());
  }
  if (results.empty()) {
    throw Error(ErrorCode::input,
                task.data.string() + ": none of its pictures can be read; get them again");
  }
  return results;
}

Measured measure(const DetectionTask& task, WiderSplit split) {
  Measured measured;
  TimedDetector detector(task.detector);
  measured.threshold = task.detector.min_score.value_or(detector.default_min_score());
  const auto data = read_wider_face(task.data, split);
  Complaints complaints;
  for (const auto& complaint : data.complaints) complaints.add(complaint);
  const auto results = search(task, data, detector, complaints);

  measured.pictures = results.size();
  measured.skipped_pictures = data.skipped_pictures + data.pictures.size() - results.size();
  measured.skipped_faces = data.skipped_faces;
  complaints.finish(measured.skipped_pictures + measured.skipped_faces);
  measured.milliseconds = detector.milliseconds();
  for (std::size_t i = 0; i < kHeights.size(); ++i) {
    measured.by_height[i] = evaluate_detection(results, kHeights[i], measured.threshold);
  }
  return measured;
}

std::string to_json(const DetectionTask& task, const Measured& measured) {
  nlohmann::ordered_json heights;
  for (std::size_t i = 0; i < kHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    heights[std::to_string(kHeights[i])] = {{"faces", evaluation.faces},
                                            {"average_precision", evaluation.average_precision},
                                            {"precision", evaluation.precision},
                                            {"recall", evaluation.recall}};
  }
  const nlohmann::ordered_json object = {{"detector", task.detector.kind},
                                         {"pictures", measured.pictures},
                                         {"skipped_pictures", measured.skipped_pictures},
                                         {"skipped_faces", measured.skipped_faces},
                                         {"longest_side", task.longest_side},
                                         {"threshold", measured.threshold},
                                         {"faces_from", heights},
                                         {"milliseconds_per_picture", measured.milliseconds}};
  return object.dump();
}

std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

void print_table(const DetectionTask& task, const Measured& measured) {
  print_line(fmt::format("detector          {}", task.detector.kind));
  print_line(fmt::format("pictures          {}", measured.pictures));
  if (measured.skipped_pictures + measured.skipped_faces > 0) {
    print_line(fmt::format("skipped           {}, {}",
                           counted(measured.skipped_pictures, "picture"),
                           counted(measured.skipped_faces, "face")));
  }
  print_line(fmt::format("time per picture  {:.1f} ms  (one thread)", measured.milliseconds));
  print_line(fmt::format("\n{:<11} {:>7} {:>19} {:>11} {:>8}", "faces from", "faces",
                         "average precision", "precision", "recall"));
  for (std::size_t i = 0; i < kHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    print_line(fmt::format("{:>3} pixels  {:>7} {:>19.3f} {:>11.3f} {:>8.3f}", kHeights[i],
                           evaluation.faces, evaluation.average_precision, evaluation.precision,
                           evaluation.recall));
  }
  print_line(
      fmt::format("\nA face is found when its box and the annotated one share half of what "
                  "they cover.\nPrecision and recall are those of scores from {:.2f} on.",
                  measured.threshold));
}

void plot(const DetectionTask& task, const Measured& measured) {
  std::vector<DetectionCurve> curves;
  for (std::size_t i = 0; i < kHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    curves.push_back({fmt::format("faces from {} pixels: average precision {:.3f}", kHeights[i],
                                  evaluation.average_precision),
                      evaluation});
  }
  const auto title =
      fmt::format("{} on {} {}, {} pictures", task.detector.kind, task.data.filename().string(),
                  task.split.empty() ? "all" : task.split, measured.pictures);
  for (const char* kind : {".svg", ".png"}) {
    plot_detection(curves, title, task.plots / (std::string("detection") + kind));
  }
}

}  // namespace

void evaluate_detection_task(const DetectionTask& task, Outcome& outcome) {
  const auto split = split_of(task.split);
  check_threshold(task.detector);
  cv::setNumThreads(1);
  const auto measured = measure(task, split);
  outcome.inputs_failed = measured.skipped_pictures > 0;
  if (task.json) {
    print_line(to_json(task, measured));
  } else {
    print_table(task, measured);
  }
  if (!task.plots.empty()) plot(task, measured);
}

}  // namespace mien::apps
