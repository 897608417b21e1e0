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

CropOptions crop_options(const AnalyzerOptions& options, const FaceFraming& framing) {
  return {
      .framing = framing, .straighten = options.straighten, .augmentation = options.augmentation};
}

Analyzer::Analyzer(const AnalyzerOptions& options)
    : Analyzer(make_face_detector(options.detector),
               make_expression_model(find_model(options.model), options.network), options,
               load_attribute_model(options.attributes, options.network)) {}

Analyzer::Analyzer(std::unique_ptr<FaceDetector> detector, ExpressionModel model,
                   const AnalyzerOptions& options, AttributeModel attributes)
    : detector_(std::move(detector)),
      classifier_(std::move(model), crop_options(options, detector_->framing())),
      limits_(options.limits) {
  if (!attributes.network) return;
  attributes_.emplace(std::move(attributes), crop_options(options, detector_->framing()));
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
