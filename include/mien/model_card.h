#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mien/preprocessing.h"

namespace mien {

/// The metadata key of an ONNX file that holds the card as JSON.
inline constexpr std::string_view kModelCardKey = "mien.card";

/// The most members that an ensemble may have.
inline constexpr std::size_t kMostMembers = 32;

/// What a model is for.
inline constexpr std::string_view kExpressionTask = "expression";
inline constexpr std::string_view kDetectionTask = "detection";
inline constexpr std::string_view kAttributesTask = "attributes";

/// What a model that finds faces needs to be used. Its input is N x 3 x H x W: blue, green and red
/// on the scale 0..255, both sides multiples of the largest stride. Its outputs are one grid for
/// each stride, in order, as core/face_grid.h describes them.
struct DetectorCard {
  std::vector<int> strides = {8, 16, 32};
  int smallest_face = 16;    ///< height in the network's input from which faces are found well
  double min_score = 0.5;    ///< the score from which a finding is taken for a face
  double max_overlap = 0.5;  ///< of two findings (intersection over union) that are not one face
  FaceFraming framing;

  friend bool operator==(const DetectorCard&, const DetectorCard&) = default;
};

/// The ages that a model for attributes gives a logit each, a year apart. The age that a face looks
/// like is the mean of that distribution.
struct AgeScale {
  int youngest = 0;
  int oldest = 100;

  int count() const { return oldest - youngest + 1; }

  friend bool operator==(const AgeScale&, const AgeScale&) = default;
};

/// Measures of groups of faces, by the groups' kind, their name and the measure's:
/// ["race"]["black"]["gender_accuracy"].
using GroupMetrics = std::map<std::string, std::map<std::string, std::map<std::string, double>>>;

/// What a model is. It travels inside the ONNX file; an ensemble's is a file of its folder.
struct ModelCard {
  std::string name;
  std::string task{kExpressionTask};  ///< or kDetectionTask or kAttributesTask
  std::string architecture;
  std::int64_t parameters = 0;
  /// Of convolutions and dense layers, for one input; of a detector, for a picture of 640 x 480. 0:
  /// not counted.
  std::int64_t multiply_adds = 0;
  /// Of an ensemble: its members' files, relative to its folder. Empty for a model by itself.
  std::vector<std::string> members;
  DetectorCard detector;  ///< of a model for detection, which has none of the next four
  /// One per output, in order: the seven expressions, or for attributes the two genders.
  std::vector<std::string> labels;
  AgeScale ages;  ///< of a model for attributes: its second output
  /// Of a model for expressions with a second output, `votes`, of a logit for each of these: what
  /// people who vote on a face would choose. Empty: it has one output alone.
  std::vector<std::string> vote_labels;
  Preprocessing input;
  double temperature = 1.0;  ///< probabilities are softmax(logits / temperature)
  /// Of expressions: added to the logits before that, in the labels' order, so that rare
  /// expressions are found more often (`mien calibrate --balance`). Empty: nothing is added.
  std::vector<double> logit_offsets;
  double uncertain_below = 0.4;  ///< a face whose confidence is lower is uncertain
  std::string training_data;
  std::string training_split;
  std::string selection_split;  ///< used to stop, select and calibrate
  std::string recipe;           ///< the recipe's text, TOML
  std::string commit;           ///< of the source that trained it
  std::uint64_t seed = 0;
  std::map<std::string, double>
      metrics;          ///< on the selection split, unless the name says otherwise
  GroupMetrics groups;  ///< of a model for attributes; on the same split
  /// Faces of the selection split: rows are the truth, columns what the model says, in the order of
  /// the labels. Empty when that was not counted.
  std::vector<std::vector<std::size_t>> confusion;
  std::string licence;
  std::string data_notice;
  std::string intended_use;
  std::string misuse;
};

/// Of a model of cut-out faces: how many values each of its outputs gives for a face, in order.
/// Expressions: a logit for each label, and one for each of vote_labels. Attributes: a logit for
/// each gender, and one for each age.
std::vector<std::size_t> output_sizes(const ModelCard& card);

/// The card as one JSON object.
std::string to_json(const ModelCard& card);

/// Reads what to_json wrote. `where` names the file in an error. Throws Error (model) when the text
/// is not a card: not JSON, a field missing or out of range, another task than those three, or
/// other labels than the task's.
ModelCard model_card_from_json(std::string_view json, const std::string& where);

}  // namespace mien
