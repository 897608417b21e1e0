#include "mien/face_detector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mien/error.h"
#include "vision/haar_detector.h"
#include "vision/neighbourhood.h"

namespace mien {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<FaceDetector> (*make)(const FaceDetectorOptions& options);
};

constexpr std::array<Kind, 3> kKinds = {{{"haar-alt2", make_haar_alt2_detector},
                                         {"haar", make_haar_default_detector},
                                         {"haar-fast", make_haar_fast_detector}}};

constexpr int kSmallestFace = 16;
/// How many times smaller or larger than expected a face near may be.
constexpr double kSizeRange = 1.6;

bool is_about_as_large(const Box& box, const Box& expected) {
  return box.width * kSizeRange > expected.width && box.width < expected.width * kSizeRange;
}

class FakeFaceDetector final : public FaceDetector {
 public:
  explicit FakeFaceDetector(std::vector<DetectedFace> faces) : faces_(std::move(faces)) {}
  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override { return faces_; }

  std::vector<DetectedFace> detect_near(const ImageView& /*picture*/,
                                        const Box& expected) override {
    auto near = faces_;
    std::erase_if(near, [&](const auto& face) { return iou(face.box, expected) == 0; });
    return near;
  }

  std::vector<DetectedFace> detect_in(const ImageView& /*picture*/, const Box& part,
                                      int /*round*/) override {
    auto inside = faces_;
    std::erase_if(inside,
                  [&](const auto& face) { return intersection(face.box, part) != face.box; });
    return inside;
  }

 private:
  std::vector<DetectedFace> faces_;
};

}  // namespace

std::vector<DetectedFace> FaceDetector::detect_near(const ImageView& picture, const Box& expected) {
  const auto place = neighbourhood(picture, expected);
  if (area(place) == 0) return {};
  auto faces = detect(part_of(picture, place));
  std::erase_if(faces, [&](const auto& face) { return !is_about_as_large(face.box, expected); });
  for (auto& face : faces) move_by(face, place.x, place.y);
  return faces;
}

std::vector<DetectedFace> FaceDetector::detect_in(const ImageView& picture, const Box& part,
                                                  int /*round*/) {
  const auto place = intersection(part, {0, 0, picture.width, picture.height});
  if (area(place) == 0) return {};
  auto faces = detect(part_of(picture, place));
  for (auto& face : faces) move_by(face, place.x, place.y);
  return faces;
}

std::vector<std::string> face_detectors() {
  std::vector<std::string> names;
  for (const auto& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::unique_ptr<FaceDetector> make_face_detector(const FaceDetectorOptions& options) {
  if (options.min_face != 0 && options.min_face < kSmallestFace) {
    throw Error(ErrorCode::usage, "the smallest face to look for is " +
                                      std::to_string(options.min_face) +
                                      " pixels; give 16 or more, or 0 for a fiftieth of the "
                                      "picture");
  }
  if (!(options.min_score >= 0 && options.min_score <= 1)) {
    throw Error(ErrorCode::usage, "the lowest score of a face is not within 0..1");
  }
  std::string known;
  for (const auto& kind : kKinds) {
    if (kind.name == options.kind) return kind.make(options);
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  throw Error(ErrorCode::usage, "unknown detector '" + options.kind + "'; choose one of: " + known);
}

std::unique_ptr<FaceDetector> make_fake_face_detector(std::vector<DetectedFace> faces) {
  return std::make_unique<FakeFaceDetector>(std::move(faces));
}

}  // namespace mien
