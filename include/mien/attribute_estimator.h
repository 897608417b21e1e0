#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mien/attributes.h"
#include "mien/expression_classifier.h"
#include "mien/models.h"
#include "mien/network.h"

namespace mien {

struct AttributeOptions {
  /// Default: none, so that no model for attributes is needed.
  AttributeChoice wanted;
  /// A model whose card says that it is for attributes: a name that find_model() knows, or a path.
  /// Default "mien-attributes".
  std::string model{kDefaultAttributeModel};
};

/// A model for attributes, and what is wanted of it.
struct AttributeModel {
  std::unique_ptr<Network> network;
  AttributeChoice wanted;
};

/// Loads the model when any attribute is wanted; else the network is null. It runs as `network`
/// says, in float32 where that says int8. Throws Error as find_model() and make_network() do.
AttributeModel load_attribute_model(const AttributeOptions& options, NetworkOptions network);

/// Estimates gender and age as faces look: cuts faces out, prepares them as the model's card says,
/// runs the model and calibrates its answer. One thread at a time.
class AttributeEstimator {
 public:
  /// One view of each face is looked at, whatever `crop` says. Throws Error (model) when the
  /// network is not for attributes.
  explicit AttributeEstimator(AttributeModel model, const CropOptions& crop = {});

  const ModelCard& card() const { return network_->card(); }

  /// For each face found in the picture what is wanted, and no more. Throws as Network::run does.
  std::vector<Attributes> estimate(const ImageView& picture, std::span<const DetectedFace> faces);

  /// The same of pictures that are already cut to the face, as in a dataset.
  std::vector<Attributes> estimate_crops(std::span<const ImageView> crops);

 private:
  std::vector<Attributes> run(std::span<const float> inputs);

  std::unique_ptr<Network> network_;
  AttributeChoice wanted_;
  CropOptions crop_;
};

}  // namespace mien
