#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "mien/attribute_estimator.h"
#include "mien/expression_classifier.h"
#include "mien/face_detector.h"
#include "mien/frame_result.h"
#include "mien/image.h"
#include "mien/models.h"
#include "mien/network.h"
#include "mien/picture.h"

namespace mien {

struct AnalyzerOptions {
  /// The expression model: a name that find_model() knows, or the path of a model or of an
  /// ensemble's folder. Default "mien-base"; smaller models are faster and less often right.
  std::string model{kDefaultExpressionModel};
  NetworkOptions network;
  FaceDetectorOptions detector;
  /// Gender and age as faces look. Default none; one run of another model for each face else.
  AttributeOptions attributes = {};
  /// Turn the crop with heads that are tilted: see CropOptions.
  bool straighten = true;
  /// How many views of each face are looked at. Default none: one.
  TestTimeAugmentation augmentation = TestTimeAugmentation::none;
  PictureLimits limits;
};

/// How these options have faces cut out that a detector with this framing finds.
CropOptions crop_options(const AnalyzerOptions& options, const FaceFraming& framing);

/// The faces in a picture, from left to right, with tracks 1, 2, ... `source` is passed on. Without
/// an estimator they have no attributes. Throws as the stages do.
FrameResult analyze(FaceDetector& detector, ExpressionClassifier& classifier,
                    const ImageView& picture, const std::string& source,
                    AttributeEstimator* attributes = nullptr);

/// From a picture to the expressions in it:
///
///     mien::Analyzer analyzer;
///     for (const mien::Face& face : analyzer.analyze("photo.jpg").faces) {
///       std::cout << mien::name(face.expression) << ' ' << face.confidence << '\n';
///     }
///
/// An analyzer is used by one thread at a time; several analyzers work side by side. What it
/// returns is the caller's own.
class Analyzer {
 public:
  /// Throws Error: usage for an option out of range, model when the model or the detector's data
  /// are missing or invalid.
  explicit Analyzer(const AnalyzerOptions& options = {});

  /// With stages of the caller's own; of the options, those that make stages have no say.
  Analyzer(std::unique_ptr<FaceDetector> detector, ExpressionModel model,
           const AnalyzerOptions& options = {}, AttributeModel attributes = {});

  /// Reads a picture file and analyzes it. Throws Error (input) as read_picture() does.
  FrameResult analyze(const std::filesystem::path& picture);

  /// The faces in a picture, from left to right, with tracks 1, 2, ... `source` is passed on.
  FrameResult analyze(const ImageView& picture, const std::string& source);

  const ModelCard& card() const { return classifier_.card(); }

 private:
  std::unique_ptr<FaceDetector> detector_;
  ExpressionClassifier classifier_;
  std::optional<AttributeEstimator> attributes_;
  PictureLimits limits_;
};

}  // namespace mien
