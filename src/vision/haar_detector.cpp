#include "vision/haar_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <string>

#include "mien/error.h"
#include "vision/neighbourhood.h"

namespace mien {
namespace {

/// The width to which the smallest face is scaled: the cascades know faces of 20 and 24 pixels.
constexpr int kCascadeWindow = 24;
/// Near where a face is expected alt2 looks for it, whichever cascade searches the whole picture:
/// it takes half the time there and misses no more. Brightness is not equalised: over so small a
/// part that spoils more than it mends. The face is scaled to this width, whatever its size, so
/// that each costs the same.
constexpr double kNearWidth = 32;
constexpr int kFewestNeighboursNear = 2;
constexpr double kNearRange = 1.3;
constexpr double kFineStep = 1.1;
constexpr int kFewestNeighbours = 3;

/// A cascade and how it is used. Its findings become a score: the logistic function of
/// bias + per_log_neighbour * ln(neighbours) + per_eye * eyes, fitted on every eighth picture of
/// WIDER FACE's part that docs/decisions.md names.
struct Cascade {
  const char* file;
  double bias;
  double per_log_neighbour;
  double per_eye;
  double step = kFineStep;  ///< from one size to the next
  int fewest_neighbours = kFewestNeighbours;
  bool equalise = true;
  bool look_for_eyes = true;
  /// Faces with fewer neighbours are believed when alt2 finds them too, near where they are.
  int sure_neighbours = 0;
};

constexpr Cascade kDefault = {"haarcascade_frontalface_default.xml", -4.69, 1.98, 2.16};
constexpr Cascade kAlt2 = {"haarcascade_frontalface_alt2.xml", -5.44, 3.35, 1.87};
constexpr Cascade kFast = {.file = kDefault.file,
                           .bias = kDefault.bias,
                           .per_log_neighbour = kDefault.per_log_neighbour,
                           .per_eye = kDefault.per_eye,
                           .step = 1.3,
                           .fewest_neighbours = 2,
                           .equalise = false,
                           .look_for_eyes = false,
                           .sure_neighbours = 5};
/// Where no eyes are looked for, a face counts as if one was seen, and near where a face is
/// expected as if both were: the least that is believed then scores 0.5 and more.
constexpr int kAssumedEyes = 1;
constexpr int kAssumedEyesNear = 2;
constexpr const char* kEyes = "haarcascade_eye.xml";

std::vector<std::filesystem::path> cascade_folders() {
  std::vector<std::filesystem::path> folders;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): Mien never changes the environment.
  if (const char* folder = std::getenv("MIEN_CASCADES")) folders.emplace_back(folder);
  folders.emplace_back("/usr/share/opencv4/haarcascades");
  folders.emplace_back("/usr/local/share/opencv4/haarcascades");
  return folders;
}

cv::CascadeClassifier load_cascade(const char* file) {
  for (const auto& folder : cascade_folders()) {
    const auto path = folder / file;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    try {
      cv::CascadeClassifier cascade;
      if (cascade.load(path.string())) return cascade;
    } catch (const cv::Exception&) {  // reported below
    }
    throw Error(ErrorCode::model, path.string() +
                                      ": not a cascade that OpenCV can use; install opencv-data "
                                      "again");
  }
  throw Error(ErrorCode::model, std::string(file) +
                                    ": not found; install Debian's package opencv-data, or set "
                                    "MIEN_CASCADES to the folder that holds it");
}

cv::Mat gray_of(const ImageView& picture) {
  // OpenCV has no view of constant pixels; these are only read.
  cv::Mat view(picture.height, picture.width, CV_8UC(picture.channels()),
               const_cast<std::uint8_t*>(picture.data), static_cast<std::size_t>(picture.stride));
  cv::Mat gray;
  if (picture.format == PixelFormat::gray) return view;
  cv::cvtColor(view, gray, cv::COLOR_BGR2GRAY);
  return gray;
}

Box to_box(const cv::Rect& r, double scale) {
  const auto scaled = [scale](int value) { return static_cast<int>(std::lround(value / scale)); };
  return {scaled(r.x), scaled(r.y), scaled(r.width), scaled(r.height)};
}

/// Whether two boxes are of one face: they share much, or one lies within the other.
bool same_face(const Box& a, const Box& b) {
  const auto shared = static_cast<double>(area(intersection(a, b)));
  const auto smaller = static_cast<double>(std::min(area(a), area(b)));
  return iou(a, b) > 0.3 || shared > 0.6 * smaller;
}

/// Of each face the surest box.
std::vector<DetectedFace> without_duplicates(std::vector<DetectedFace> faces) {
  std::stable_sort(faces.begin(), faces.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<DetectedFace> kept;
  for (const auto& face : faces) {
    const auto same = [&face](const auto& other) { return same_face(face.box, other.box); };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(face);
  }
  return kept;
}

/// A picture as the cascade gets it, and the sizes of faces to look for in it.
struct Search {
  cv::Mat gray;
  double scale = 1;  ///< of `gray` against the picture
  cv::Size smallest;
  cv::Size largest = {};  ///< empty: any
  double step = kFineStep;
  int fewest_neighbours = kFewestNeighbours;
  bool equalise = false;
};

class HaarDetector final : public FaceDetector {
 public:
  HaarDetector(const Cascade& cascade, const FaceDetectorOptions& options)
      : parameters_(cascade), options_(options), faces_(load_cascade(cascade.file)) {
    if (parameters_.look_for_eyes) eyes_ = load_cascade(kEyes);
  }

  /// Measured: docs/decisions.md.
  FaceFraming framing() const override { return {.margin = 1.05, .shift_down = 0.05}; }

  double min_score() const override { return options_.min_score.value_or(default_min_score()); }

  std::vector<DetectedFace> detect(const ImageView& picture) override {
    if (picture.empty()) throw Error(ErrorCode::internal, "detect: the picture is empty");
    try {
      return without_duplicates(
          believed(picture, candidates(picture, min_face(picture), 0, parameters_.equalise)));
    } catch (const cv::Exception& error) {
      throw failure(error);
    }
  }

  std::vector<DetectedFace> detect_in(const ImageView& picture, const Box& part,
                                      int round) override {
    const auto place = intersection(part, {0, 0, picture.width, picture.height});
    if (area(place) == 0) return {};
    const auto whole = static_cast<long long>(picture.width) * picture.height;
    try {
      auto found = candidates(part_of(picture, place), min_face(picture), round,
                              parameters_.equalise && 2 * area(place) > whole);
      for (auto& face : found) move_by(face, place.x, place.y);
      return without_duplicates(believed(picture, found));
    } catch (const cv::Exception& error) {
      throw failure(error);
    }
  }

  std::vector<DetectedFace> detect_near(const ImageView& picture, const Box& expected) override {
    const auto place = neighbourhood(picture, expected);
    if (area(place) == 0) return {};
    if (near_.empty()) near_ = load_cascade(kAlt2.file);
    try {
      auto faces = without_duplicates(candidates_near(part_of(picture, place), expected));
      std::erase_if(faces, [this](const auto& face) { return face.score < min_score(); });
      for (auto& face : faces) move_by(face, place.x, place.y);
      return faces;
    } catch (const cv::Exception& error) {
      throw failure(error);
    }
  }

 private:
  static Error failure(const cv::Exception& error) {
    return {ErrorCode::internal, "the face detector failed (" + error.err + ")"};
  }

  int min_face(const ImageView& picture) const {
    if (options_.min_face > 0) return options_.min_face;
    return std::max(kCascadeWindow, std::max(picture.width, picture.height) / 50);
  }

  /// Every other round tries the sizes half-way between those of the rounds before and after.
  std::vector<DetectedFace> candidates(const ImageView& picture, int smallest, int round,
                                       bool equalise) {
    if (std::min(picture.width, picture.height) < smallest) return {};
    const int side = std::min(smallest, kCascadeWindow);
    const double shift = round % 2 == 0 ? 1 : std::sqrt(parameters_.step);
    Search search{
        gray_of(picture), std::min(1.0, static_cast<double>(kCascadeWindow) / smallest) / shift,
        {side, side},     {},
        parameters_.step, parameters_.fewest_neighbours,
        equalise};
    if (search.scale < 1) {
      cv::Mat reduced;
      cv::resize(search.gray, reduced, {}, search.scale, search.scale, cv::INTER_AREA);
      search.gray = reduced;
    }
    return find(faces_, parameters_, search, picture, [&](const cv::Rect& face) {
      return parameters_.look_for_eyes ? count_eyes(search.gray, face) : kAssumedEyes;
    });
  }

  /// Of the candidates those that are sure, and what is found near the others.
  std::vector<DetectedFace> believed(const ImageView& picture,
                                     const std::vector<DetectedFace>& candidates) {
    const double sure = parameters_.sure_neighbours == 0
                            ? 0
                            : score_of(parameters_, parameters_.sure_neighbours, kAssumedEyes);
    std::vector<DetectedFace> faces;
    for (const auto& face : candidates) {
      if (face.score >= static_cast<float>(sure)) {
        faces.push_back(face);
      } else {
        const auto found = detect_near(picture, face.box);
        faces.insert(faces.end(), found.begin(), found.end());
      }
    }
    std::erase_if(faces, [this](const auto& face) { return face.score < min_score(); });
    return faces;
  }

  std::vector<DetectedFace> candidates_near(const ImageView& part, const Box& expected) {
    Search search{gray_of(part), kNearWidth / expected.width, {}};
    const auto side_of = [](double side) {
      const int whole = static_cast<int>(std::lround(side));
      return cv::Size(whole, whole);
    };
    search.smallest = side_of(kNearWidth / kNearRange);
    search.largest = side_of(kNearWidth * kNearRange);
    const cv::Size size(static_cast<int>(std::lround(part.width * search.scale)),
                        static_cast<int>(std::lround(part.height * search.scale)));
    if (std::min(size.width, size.height) < search.smallest.width) return {};
    cv::Mat scaled;
    cv::resize(search.gray, scaled, size, 0, 0,
               search.scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    search.gray = scaled;
    search.fewest_neighbours = kFewestNeighboursNear;
    return find(near_, kAlt2, search, part, [](const cv::Rect&) { return kAssumedEyesNear; });
  }

  template <typename CountEyes>
  std::vector<DetectedFace> find(cv::CascadeClassifier& classifier, const Cascade& cascade,
                                 const Search& search, const ImageView& picture,
                                 const CountEyes& eyes) {
    cv::Mat input = search.gray;
    if (search.equalise) {
      input = cv::Mat();
      cv::equalizeHist(search.gray, input);
    }
    std::vector<cv::Rect> boxes;
    std::vector<int> neighbours;
    classifier.detectMultiScale(input, boxes, neighbours, search.step, search.fewest_neighbours,
                                cv::CASCADE_SCALE_IMAGE, search.smallest, search.largest);
    const Box all{0, 0, picture.width, picture.height};
    std::vector<DetectedFace> found;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const double score = score_of(cascade, neighbours[i], eyes(boxes[i]));
      const Box box = intersection(to_box(boxes[i], search.scale), all);
      if (area(box) > 0) {
        found.push_back({box, static_cast<float>(score), std::nullopt});
      }
    }
    return found;
  }

  static double score_of(const Cascade& cascade, int neighbours, int eyes) {
    const double evidence =
        cascade.bias + cascade.per_log_neighbour * std::log(neighbours) + cascade.per_eye * eyes;
    return 1 / (1 + std::exp(-evidence));
  }

  /// 0, 1 or 2: in how many halves of the face's upper part an eye is seen.
  int count_eyes(const cv::Mat& gray, const cv::Rect& face) {
    constexpr double kWidth = 140;  // eyes of the 20 pixels that the cascade knows, and more
    const cv::Rect upper(face.x, face.y + face.height / 8, face.width, face.height / 2);
    const double scale = kWidth / face.width;
    cv::Mat part;
    cv::resize(gray(upper & cv::Rect({}, gray.size())), part, {}, scale, scale,
               scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    cv::equalizeHist(part, part);
    std::vector<cv::Rect> found;
    const int smallest = part.cols / 6;
    const int largest = part.cols / 2;
    eyes_.detectMultiScale(part, found, kFineStep, kFewestNeighbours, cv::CASCADE_SCALE_IMAGE,
                           {smallest, smallest}, {largest, largest});
    const auto on_left = [&part](const cv::Rect& eye) {
      return eye.x + eye.width / 2 < part.cols / 2;
    };
    const auto left = std::count_if(found.begin(), found.end(), on_left);
    return static_cast<int>(left > 0) + static_cast<int>(left < std::ssize(found));
  }

  Cascade parameters_;
  FaceDetectorOptions options_;
  cv::CascadeClassifier faces_;
  cv::CascadeClassifier near_;  ///< loaded when it is needed first
  cv::CascadeClassifier eyes_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_haar_default_detector(const FaceDetectorOptions& options) {
  return std::make_unique<HaarDetector>(kDefault, options);
}

std::unique_ptr<FaceDetector> make_haar_alt2_detector(const FaceDetectorOptions& options) {
  return std::make_unique<HaarDetector>(kAlt2, options);
}

std::unique_ptr<FaceDetector> make_haar_fast_detector(const FaceDetectorOptions& options) {
  return std::make_unique<HaarDetector>(kFast, options);
}

}  // namespace mien
