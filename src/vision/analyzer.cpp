#include "mien/analyzer.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mien {
namespace {

bool left_of(const DetectedFace& a, const DetectedFace& b) {
  const auto key = [](const Box& box) { return std::tuple(2 * box.x + box.width, box.y); };
  return key(a.box) < key(b.box);
}

}  // namespace

Analyzer::Analyzer(const AnalyzerOptions& options)
    : Analyzer(make_face_detector(options.detector),
               make_network(find_model(options.model), options.network), options.straighten,
               load_attribute_model(options.attributes, options.network)) {
  limits_ = options.limits;
}

Analyzer::Analyzer(std::unique_ptr<FaceDetector> detector, std::unique_ptr<Network> network,
                   bool straighten, AttributeModel attributes)
    : detector_(std::move(detector)),
      classifier_(std::move(network), {.framing = detector_->framing(), .straighten = straighten}) {
  if (!attributes.network) return;
  attributes_.emplace(std::move(attributes),
                      CropOptions{.framing = detector_->framing(), .straighten = straighten});
}

FrameResult Analyzer::analyze(const std::filesystem::path& picture) {
  return analyze(read_picture(picture, limits_).view(), picture.string());
}

FrameResult Analyzer::analyze(const ImageView& picture, const std::string& source) {
  return mien::analyze(*detector_, classifier_, picture, source,
                       attributes_ ? &*attributes_ : nullptr);
}

FrameResult analyze(FaceDetector& detector, ExpressionClassifier& classifier,
                    const ImageView& picture, const std::string& source,
                    AttributeEstimator* attributes) {
  auto detected = detector.detect(picture);
  std::stable_sort(detected.begin(), detected.end(), left_of);
  FrameResult result;
  result.source = source;
  result.width = picture.width;
  result.height = picture.height;
  result.faces = classifier.classify(picture, detected);
  if (attributes != nullptr) {
    const auto estimated = attributes->estimate(picture, detected);
    for (std::size_t i = 0; i < estimated.size(); ++i) result.faces[i].attributes = estimated[i];
  }
  for (int track = 1; auto& face : result.faces) face.track = track++;
  return result;
}

}  // namespace mien
