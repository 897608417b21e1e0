// Face detectors beside each other on the same pictures, in turn and on one thread: average
// precision by size of face, and the processor time of a picture. Rivals are run by OpenCV as
// others run them.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/detection_evaluation.h"
#include "core/progress_bar.h"
#include "dataset/stored_picture.h"
#include "dataset/wider_face.h"
#include "mien/error.h"
#include "mien/face_detector.h"
#include "mien/picture.h"
#include "vision/picture_header.h"

namespace {

constexpr double kLowestScore = 0.02;  // for the whole of the precision-recall curve
constexpr const char* kKinds =
    "Mien's detectors, opencv-haar:STEP,NEIGHBOURS and opencv-yunet:FILE[,NMS]";

struct Options {
  std::filesystem::path data;
  std::string split = "validation";
  std::vector<std::string> detectors;
  int longest_side = 640;
  std::string size;
  int min_face = 0;
  int repeats = 3;
};

/// Of all threads of this process: what else the machine does hardly shows in it.
double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Whether the findings are wanted, or the time that a user would see.
enum class Purpose { curve, time };

[[noreturn]] void fail(const std::string& what) { throw mien::Error(mien::ErrorCode::usage, what); }

/// A part of what is given for `option`.
template <typename Number>
Number number(std::string_view option, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0)) {
    fail(std::string(option) + ": '" + std::string(text) + "' is not a number above 0");
  }
  return value;
}

cv::Mat view(const mien::ImageView& picture) {
  return {picture.height, picture.width, CV_8UC(picture.channels()),
          const_cast<std::uint8_t*>(picture.data), static_cast<std::size_t>(picture.stride)};
}

/// Gray levels of the whole picture, as in OpenCV's own tutorial. The more neighbours, the surer.
class OpencvHaar final : public mien::FaceDetector {
 public:
  explicit OpencvHaar(std::string_view settings)
      : step_(number<double>("opencv-haar", settings.substr(0, settings.find(',')))),
        neighbours_(number<int>(
            "opencv-haar", settings.substr(std::min(settings.find(','), settings.size() - 1) + 1))),
        cascade_("/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml") {}

  std::vector<mien::DetectedFace> detect(const mien::ImageView& picture) override {
    cv::Mat gray;
    cv::cvtColor(view(picture), gray, cv::COLOR_BGR2GRAY);
    std::vector<cv::Rect> boxes;
    std::vector<int> neighbours;
    cascade_.detectMultiScale(gray, boxes, neighbours, step_, neighbours_);
    std::vector<mien::DetectedFace> faces;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const auto& box = boxes[i];
      const auto score = static_cast<float>(neighbours[i]) / static_cast<float>(neighbours[i] + 1);
      faces.push_back({{box.x, box.y, box.width, box.height}, score, {}});
    }
    return faces;
  }

 private:
  double step_;
  int neighbours_;
  cv::CascadeClassifier cascade_;
};

/// With what FaceDetectorYN takes when it is told nothing, but for the curve's score.
class OpencvYunet final : public mien::FaceDetector {
 public:
  OpencvYunet(std::string_view settings, Purpose purpose) {
    constexpr float kScore = 0.9F;
    constexpr int kMostCandidates = 5000;
    const auto comma = settings.find(',');
    const float overlap = comma == std::string_view::npos
                              ? 0.3F
                              : number<float>("opencv-yunet", settings.substr(comma + 1));
    detector_ = cv::FaceDetectorYN::create(
        std::string(settings.substr(0, comma)), "", {320, 320},
        purpose == Purpose::curve ? static_cast<float>(kLowestScore) : kScore, overlap,
        kMostCandidates);
  }

  std::vector<mien::DetectedFace> detect(const mien::ImageView& picture) override {
    if (size_ != cv::Size(picture.width, picture.height)) {
      size_ = {picture.width, picture.height};
      detector_->setInputSize(size_);
    }
    cv::Mat found;
    detector_->detect(view(picture), found);
    std::vector<mien::DetectedFace> faces;
    for (int i = 0; i < found.rows; ++i) {
      const auto* row = found.ptr<float>(i);
      const auto whole = [](float value) { return static_cast<int>(std::lround(value)); };
      constexpr int kScoreColumn = 14;
      faces.push_back(
          {{whole(row[0]), whole(row[1]), whole(row[2]), whole(row[3])}, row[kScoreColumn], {}});
    }
    return faces;
  }

 private:
  cv::Ptr<cv::FaceDetectorYN> detector_;
  cv::Size size_;
};

std::unique_ptr<mien::FaceDetector> make(const std::string& kind, Purpose purpose, int min_face) {
  constexpr std::string_view kHaar = "opencv-haar:";
  constexpr std::string_view kYunet = "opencv-yunet:";
  const std::string_view text = kind;
  if (text.starts_with(kHaar) && text.size() > kHaar.size()) {
    return std::make_unique<OpencvHaar>(text.substr(kHaar.size()));
  }
  if (text.starts_with(kYunet)) {
    return std::make_unique<OpencvYunet>(text.substr(kYunet.size()), purpose);
  }
  mien::FaceDetectorOptions options;
  options.kind = kind;
  options.min_face = min_face;
  if (purpose == Purpose::curve) options.min_score = kLowestScore;
  return mien::make_face_detector(options);
}

/// A detector, what it found and how long it took.
class Contender {
 public:
  Contender(const std::string& kind, const Options& options)
      : name_(kind),
        repeats_(options.repeats),
        curve_(make(kind, Purpose::curve, options.min_face)),
        time_(make(kind, Purpose::time, options.min_face)) {}

  void look(const mien::ImageView& picture, std::vector<mien::AnnotatedFace> annotated,
            bool all_marked) {
    results_.push_back({curve_->detect(picture), std::move(annotated), all_marked});
    time_->detect(picture);  // prepares for pictures of that size
    double quickest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repeats_; ++i) {
      const auto start = processor_seconds();
      time_->detect(picture);
      quickest = std::min(quickest, processor_seconds() - start);
    }
    seconds_ += quickest;
  }

  const std::string& name() const { return name_; }
  double milliseconds() const { return 1000 * seconds_ / static_cast<double>(results_.size()); }
  mien::DetectionEvaluation evaluate(int height) const {
    return mien::evaluate_detection(results_, height, 0);
  }

 private:
  std::string name_;
  int repeats_;
  std::unique_ptr<mien::FaceDetector> curve_;
  std::unique_ptr<mien::FaceDetector> time_;
  std::vector<mien::DetectionResult> results_;
  double seconds_ = 0;
};

cv::Size size_for(const mien::Image& picture, const Options& options) {
  if (!options.size.empty()) {
    const std::string_view size = options.size;
    const auto cross = std::min(size.find('x'), size.size() - 1);
    return {number<int>("--size", size.substr(0, cross)),
            number<int>("--size", size.substr(cross + 1))};
  }
  const double scale =
      static_cast<double>(options.longest_side) / std::max(picture.width(), picture.height());
  const auto scaled = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  return {scaled(picture.width()), scaled(picture.height())};
}

mien::Image resized(const mien::Image& picture, cv::Size size) {
  mien::Image result(size.width, size.height, mien::PixelFormat::bgr);
  cv::Mat target = view(result.view());
  const bool smaller = size.area() < picture.width() * picture.height();
  cv::resize(view(picture.view()), target, size, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

/// The pixels that the annotation is of, whatever orientation the file asks for.
mien::Image read_stored(const std::filesystem::path& path) {
  auto picture = mien::read_picture(path);
  std::ifstream file(path, std::ios::binary);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  return mien::as_stored(std::move(picture), mien::read_picture_header(bytes).orientation);
}

void print(const std::vector<Contender>& contenders) {
  std::size_t width = 8;
  for (const auto& contender : contenders) width = std::max(width, contender.name().size());
  std::string faces;
  std::string heads;
  for (const int height : mien::kMeasuredHeights) {
    faces += fmt::format(" {} from {} px", contenders.front().evaluate(height).faces, height);
    heads += fmt::format("  AP from {}", height);
  }
  fmt::print("faces:{}\n{:<{}}{}  ms a picture  times the first's\n", faces, "detector", width,
             heads);
  for (const auto& contender : contenders) {
    fmt::print("{:<{}}", contender.name(), width);
    for (const int height : mien::kMeasuredHeights) {
      const auto evaluation = contender.evaluate(height);
      const bool measured = evaluation.faces > 0;
      fmt::print("  {:>10}", measured ? fmt::format("{:.3f}", evaluation.average_precision) : "-");
    }
    fmt::print("  {:>12.2f}  {:>17.2f}\n", contender.milliseconds(),
               contender.milliseconds() / contenders.front().milliseconds());
  }
}

void run(const Options& options) {
  cv::setNumThreads(1);
  const auto split = options.split == "all"          ? mien::WiderSplit::all
                     : options.split == "validation" ? mien::WiderSplit::validation
                                                     : mien::WiderSplit::training;
  const auto data = mien::read_wider_face(options.data, split);
  std::vector<Contender> contenders;
  for (const auto& kind : options.detectors) contenders.emplace_back(kind, options);
  auto skipped_faces = data.skipped_faces;
  mien::ProgressBar bar("compare");
  for (std::size_t i = 0; i < data.pictures.size(); ++i) {
    auto marked = data.pictures[i];
    const auto original = read_stored(marked.path);
    skipped_faces += mien::cut_faces(marked, original.width(), original.height()).size();
    const auto picture = resized(original, size_for(original, options));
    const auto faces =
        mien::annotated_faces(marked, static_cast<double>(picture.width()) / original.width(),
                              static_cast<double>(picture.height()) / original.height());
    for (auto& contender : contenders) contender.look(picture.view(), faces, marked.all_marked);
    bar.update(i + 1, data.pictures.size());
  }
  bar.clear();
  fmt::print("{} pictures; skipped: {} pictures, {} faces\n", data.pictures.size(),
             data.skipped_pictures, skipped_faces);
  print(contenders);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app(
      "Compares face detectors on pictures annotated in WIDER FACE's format: average precision at "
      "an overlap of a half, and the mean processor time of a picture on one thread (of some runs "
      "the quickest). A finding that matches no face is wrong for each of the three sizes of face, "
      "whatever its own size.");
  Options options;
  app.add_option("detectors", options.detectors, kKinds)->required();
  app.add_option("--data", options.data, "the folder that WIDER FACE was unpacked to")->required();
  app.add_option("--split", options.split)
      ->check(CLI::IsMember({"training", "validation", "all"}))
      ->capture_default_str();
  auto* longest =
      app.add_option("--longest-side", options.longest_side, "scale pictures to that many pixels")
          ->check(CLI::Range(16, 10'000))
          ->capture_default_str();
  app.add_option("--size", options.size, "WIDTHxHEIGHT: stretch every picture to that size")
      ->excludes(longest);
  app.add_option("--min-face", options.min_face, "of Mien's detectors, in pixels")
      ->capture_default_str();
  app.add_option("--repeats", options.repeats, "timed runs on each picture")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  run(options);
} catch (const std::exception& error) {
  fmt::print(stderr, "mien-bench-detection: {}\n", error.what());
  return 1;
}
