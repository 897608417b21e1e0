#include "evaluate_detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <utility>
#include <vector>

#include "core/detection_evaluation.h"
#include "core/progress_bar.h"
#include "dataset/stored_picture.h"
#include "dataset/wider_face.h"
#include "messages.h"
#include "mien/error.h"
#include "output/plots.h"
#include "quiet_picture.h"
#include "standard_output.h"
#include "vision/picture_header.h"

namespace mien::apps {
namespace {

/// Heights in pixels from which on faces must be found, the sizes that detectors are compared by.
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

/// The pixels that annotations are of, and that a detector learns from.
Image read_stored(const std::filesystem::path& path) {
  auto picture = read_picture_quietly(path);
  std::ifstream file(path, std::ios::binary);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  return as_stored(std::move(picture), read_picture_header(bytes).orientation);
}

/// The picture, no side of it longer than `limit`, and the factor that it was scaled by.
std::pair<Image, double> scaled(Image picture, int limit) {
  const int longest = std::max(picture.width(), picture.height());
  if (limit == 0 || longest <= limit) return {std::move(picture), 1.0};
  const double scale = static_cast<double>(limit) / longest;
  const auto scaled_side = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  Image smaller(scaled_side(picture.width()), scaled_side(picture.height()), PixelFormat::bgr);
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
  std::array<DetectionEvaluation, kMeasuredHeights.size()> by_height;
};

struct Searched {
  std::vector<DetectionResult> results;
  std::size_t skipped_faces = 0;
};

/// What is found in each picture that can be read.
Searched search(const DetectionTask& task, const MarkedPictures& data, TimedDetector& detector,
                Complaints& complaints) {
  Searched searched;
  ProgressBar bar("evaluate");
  for (std::size_t i = 0; i < data.pictures.size(); ++i) {
    auto marked = data.pictures[i];
    try {
      auto stored = read_stored(marked.path);
      for (const auto& complaint : cut_faces(marked, stored.width(), stored.height())) {
        complaints.add(
            fmt::format("{}: {}; the face is skipped", data.annotation.string(), complaint));
        ++searched.skipped_faces;
      }
      const auto [picture, scale] = scaled(std::move(stored), task.longest_side);
      searched.results.push_back({detector.detect(picture.view()),
                                  annotated_faces(marked, scale, scale), marked.all_marked});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      complaints.add(error.what());
    }
    bar.update(i + 1, data.pictures.size());
  }
  if (searched.results.empty()) {
    throw Error(ErrorCode::input,
                task.data.string() + ": none of its pictures can be read; get them again");
  }
  return searched;
}

Measured measure(const DetectionTask& task, WiderSplit split) {
  Measured measured;
  TimedDetector detector(task.detector);
  measured.threshold = task.detector.min_score.value_or(detector.default_min_score());
  const auto data = read_wider_face(task.data, split);
  Complaints complaints;
  for (const auto& complaint : data.complaints) complaints.add(complaint);
  const auto [results, skipped_faces] = search(task, data, detector, complaints);

  measured.pictures = results.size();
  measured.skipped_pictures = data.skipped_pictures + data.pictures.size() - results.size();
  measured.skipped_faces = data.skipped_faces + skipped_faces;
  complaints.finish(measured.skipped_pictures + measured.skipped_faces);
  measured.milliseconds = detector.milliseconds();
  for (std::size_t i = 0; i < kMeasuredHeights.size(); ++i) {
    measured.by_height[i] = evaluate_detection(results, kMeasuredHeights[i], measured.threshold);
  }
  return measured;
}

/// A line on standard error for the sizes of which there is no face.
void say_what_is_not_measured(const Measured& measured) {
  std::vector<std::string> empty;
  for (std::size_t i = 0; i < kMeasuredHeights.size(); ++i) {
    if (measured.by_height[i].faces == 0) empty.push_back(std::to_string(kMeasuredHeights[i]));
  }
  if (empty.empty()) return;
  say(fmt::format("nothing to measure of faces from {} pixels: there are none",
                  fmt::join(empty, " and from ")));
}

/// A number, or nothing where there was nothing to measure.
nlohmann::ordered_json number_or_null(const DetectionEvaluation& evaluation, double number) {
  return evaluation.faces > 0 ? nlohmann::ordered_json(number) : nlohmann::ordered_json();
}

std::string number_or_dash(const DetectionEvaluation& evaluation, double number) {
  return evaluation.faces > 0 ? fmt::format("{:.3f}", number) : "-";
}

std::string to_json(const DetectionTask& task, const Measured& measured) {
  nlohmann::ordered_json heights;
  for (std::size_t i = 0; i < kMeasuredHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    heights[std::to_string(kMeasuredHeights[i])] = {
        {"faces", evaluation.faces},
        {"average_precision", number_or_null(evaluation, evaluation.average_precision)},
        {"precision", number_or_null(evaluation, evaluation.precision)},
        {"recall", number_or_null(evaluation, evaluation.recall)}};
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
  for (std::size_t i = 0; i < kMeasuredHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    print_line(fmt::format("{:>3} pixels  {:>7} {:>19} {:>11} {:>8}", kMeasuredHeights[i],
                           evaluation.faces,
                           number_or_dash(evaluation, evaluation.average_precision),
                           number_or_dash(evaluation, evaluation.precision),
                           number_or_dash(evaluation, evaluation.recall)));
  }
  print_line(fmt::format("\n{}\nPrecision and recall are those of scores from {:.2f} on.",
                         kDetectionRule, measured.threshold));
}

void plot(const DetectionTask& task, const Measured& measured) {
  std::vector<DetectionCurve> curves;
  for (std::size_t i = 0; i < kMeasuredHeights.size(); ++i) {
    const auto& evaluation = measured.by_height[i];
    if (evaluation.faces == 0) continue;
    curves.push_back({fmt::format("faces from {} pixels: average precision {:.3f}",
                                  kMeasuredHeights[i], evaluation.average_precision),
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
  say_what_is_not_measured(measured);
  if (task.json) {
    print_line(to_json(task, measured));
  } else {
    print_table(task, measured);
  }
  if (!task.plots.empty()) plot(task, measured);
}

}  // namespace mien::apps
