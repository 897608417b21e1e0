#include "mien/face_detector.h"

#include <array>
#include <utility>

#include "mien/error.h"
#include "vision/haar_detector.h"

namespace mien {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<FaceDetector> (*make)(const FaceDetectorOptions& options);
};

constexpr std::array<Kind, 2> kKinds = {
    {{"haar-alt2", make_haar_alt2_detector}, {"haar", make_haar_default_detector}}};

constexpr int kSmallestFace = 16;

class FakeFaceDetector final : public FaceDetector {
 public:
  explicit FakeFaceDetector(std::vector<DetectedFace> faces) : faces_(std::move(faces)) {}
  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override { return faces_; }

 private:
  std::vector<DetectedFace> faces_;
};

}  // namespace

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
