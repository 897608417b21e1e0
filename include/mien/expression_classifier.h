#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "mien/face.h"
#include "mien/image.h"
#include "mien/network.h"
#include "mien/preprocessing.h"

namespace mien {

/// How faces are cut out of a picture.
struct CropOptions {
  /// Of the detector that found them: FaceDetector::framing().
  FaceFraming framing = {};
  /// Turn the crop with heads that are tilted, where the detector gives landmarks. Default true;
  /// costs less than a tenth of a millisecond for such a face.
  bool straighten = true;
};

/// Names the expression of faces: cuts them out, prepares them as the model's card says, runs the
/// model and calibrates its answer. One thread at a time.
class ExpressionClassifier {
 public:
  /// Throws Error (model) when the network's labels are not the seven expressions, each once.
  explicit ExpressionClassifier(std::unique_ptr<Network> network, const CropOptions& crop = {});

  const ModelCard& card() const { return network_->card(); }

  /// Fills in the expression of each face found in the picture; the tracks are left at 0. Throws as
  /// Network::run does.
  std::vector<Face> classify(const ImageView& picture, std::span<const DetectedFace> faces);

  /// Probabilities of pictures that are already cut to the face, of any size, as in a dataset.
  std::vector<Probabilities> classify_crops(std::span<const ImageView> crops);

 private:
  std::vector<Probabilities> run(std::span<const float> inputs);

  std::unique_ptr<Network> network_;
  CropOptions crop_;
  std::array<std::size_t, kExpressionCount> output_of_{};  // for each expression
};

}  // namespace mien
