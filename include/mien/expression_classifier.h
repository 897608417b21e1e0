#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "mien/expression_model.h"
#include "mien/face.h"
#include "mien/image.h"
#include "mien/preprocessing.h"
#include "mien/test_time_augmentation.h"

namespace mien {

/// How faces are cut out of a picture.
struct CropOptions {
  /// Of the detector that found them: FaceDetector::framing().
  FaceFraming framing = {};
  /// Turn the crop with heads that are tilted, where the detector gives landmarks. Default true;
  /// costs less than a tenth of a millisecond for such a face.
  bool straighten = true;
  /// Default none: one view of each face.
  TestTimeAugmentation augmentation = TestTimeAugmentation::none;
};

/// Names the expression of faces: cuts them out and prepares them as the card of each network of
/// the model says, runs the networks and calibrates their answer. One thread at a time.
class ExpressionClassifier {
 public:
  /// Throws Error (model) when a network's labels are not the seven expressions, each once.
  explicit ExpressionClassifier(ExpressionModel model, const CropOptions& crop = {});

  const ModelCard& card() const { return model_.card; }

  /// Fills in the expression of each face found in the picture; the tracks are left at 0. Throws as
  /// Network::run does.
  std::vector<Face> classify(const ImageView& picture, std::span<const DetectedFace> faces);

  /// Probabilities of pictures of any size that show what FER-2013's frame of a face does, as in a
  /// dataset. A model's own margin and shift count from there.
  std::vector<Probabilities> classify_crops(std::span<const ImageView> crops);

  /// The share of votes that each of such pictures would get for each of card().vote_labels, which
  /// sum to 1. Throws Error (model) when not all networks say that.
  std::vector<std::vector<float>> classify_votes(std::span<const ImageView> crops);

 private:
  /// What a network wants to see of some of the faces, all views.
  using InputsOf = std::function<std::vector<float>(std::size_t first, std::size_t count,
                                                    const Preprocessing& input)>;
  using OutputOf = std::array<std::size_t, kExpressionCount>;  // for each expression

  std::vector<Probabilities> answers(std::size_t faces, const InputsOf& inputs_of);
  std::vector<Probabilities> ask(std::size_t member, std::size_t faces, const InputsOf& inputs_of);
  void add_votes(Network& network, std::span<const ImageView> crops,
                 std::vector<std::vector<float>>& votes) const;
  std::size_t batch_of(const Preprocessing& input) const;

  ExpressionModel model_;
  CropOptions crop_;
  std::vector<OutputOf> output_of_;  // of each network
};

}  // namespace mien
