#include "mien/face_detector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mien/error.h"
#include "mien/models.h"
#include "vision/haar_detector.h"
#include "vision/neighbourhood.h"
#include "vision/network_face_detector.h"
#include "vision/yunet_detector.h"

namespace mien {
namespace {

/// As small as cascades and networks know faces.
constexpr int kSmallestForCascade = 16;
constexpr int kSmallestForNetwork = 12;

struct Kind {
  std::string_view name;
  int smallest_face;
  std::unique_ptr<FaceDetector> (*make)(const FaceDetectorOptions& options);
};

std::unique_ptr<FaceDetector> make_mien_detector(const FaceDetectorOptions& options) {
  return make_network_detector(find_model(std::string(kDefaultFaceModel)), options);
}

constexpr std::string_view kYunet = "yunet:";

std::unique_ptr<FaceDetector> make_named_yunet(const FaceDetectorOptions& options) {
  const auto file = options.kind.substr(kYunet.size());
  if (file.empty()) throw Error(ErrorCode::usage, "yunet: names no file; give yunet:FILE");
  return make_yunet_detector(file, options);
}

std::unique_ptr<FaceDetector> make_named_network(const FaceDetectorOptions& options) {
  return make_network_detector(find_model(options.kind), options);
}

constexpr std::array<Kind, 6> kKinds = {
    {{"mien", kSmallestForNetwork, make_mien_detector},
     {"haar-alt2", kSmallestForCascade, make_haar_alt2_detector},
     {"haar", kSmallestForCascade, make_haar_default_detector},
     {"haar-fast", kSmallestForCascade, make_haar_fast_detector},
     {"yunet:FILE", kSmallestForNetwork, make_named_yunet},
     {"FILE.onnx", kSmallestForNetwork, make_named_network}}};

/// The name in the table of the detector that `kind` asks for.
std::string_view name_of(std::string_view kind) {
  if (kind.starts_with(kYunet)) return "yunet:FILE";
  return kind.ends_with(".onnx") ? "FILE.onnx" : kind;
}

const Kind& kind_of(const std::string& kind) {
  std::string known;
  for (const auto& entry : kKinds) {
    if (entry.name == name_of(kind)) return entry;
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error(ErrorCode::usage, "unknown detector '" + kind + "'; choose one of: " + known +
                                    ", where FILE is a path");
}

void check(const FaceDetectorOptions& options, int smallest_face) {
  if (options.min_face != 0 && options.min_face < smallest_face) {
    throw Error(ErrorCode::usage, "the smallest face to look for (min-face) is " +
                                      std::to_string(options.min_face) + " pixels; give " +
                                      std::to_string(smallest_face) +
                                      " or more, or 0 for what suits the picture");
  }
  if (options.min_score && !(*options.min_score >= 0 && *options.min_score <= 1)) {
    throw Error(ErrorCode::usage, "the lowest score of a face (min-score) is " +
                                      std::to_string(*options.min_score) + "; give 0 to 1");
  }
  if (options.threads < 0) {
    throw Error(ErrorCode::usage, "the face detector's threads are fewer than none");
  }
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
  const auto& kind = kind_of(options.kind);
  check(options, kind.smallest_face);
  return kind.make(options);
}

std::unique_ptr<FaceDetector> make_fake_face_detector(std::vector<DetectedFace> faces) {
  return std::make_unique<FakeFaceDetector>(std::move(faces));
}

}  // namespace mien
