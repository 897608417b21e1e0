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

/// What a model is. It travels inside the ONNX file; an ensemble's is a file of its folder.
struct ModelCard {
  std::string name;
  std::string task{kExpressionTask};  ///< or kDetectionTask
  std::string architecture;
  std::int64_t parameters = 0;
  /// Of convolutions and dense layers, for one input; of a detector, for a picture of 640 x 480. 0:
  /// not counted.
  std::int64_t multiply_adds = 0;
  /// Of an ensemble: its members' files, relative to its folder. Empty for a model by itself.
  std::vector<std::string> members;
  DetectorCard detector;            ///< of a model for detection, which has none of the next four
  std::vector<std::string> labels;  ///< one per output, in order
  Preprocessing input;
  double temperature = 1.0;      ///< probabilities are softmax(logits / temperature)
  double uncertain_below = 0.4;  ///< a face whose confidence is lower is uncertain
  std::string training_data;
  std::string training_split;
  std::string selection_split;  ///< used to stop, select and calibrate
  std::string recipe;           ///< the recipe's text, TOML
  std::string commit;           ///< of the source that trained it
  std::uint64_t seed = 0;
  std::map<std::string, double>
      metrics;  ///< on the selection split, unless the name says otherwise
  /// Faces of the selection split: rows are the truth, columns what the model says, in the order of
  /// the labels. Empty when that was not counted.
  std::vector<std::vector<std::size_t>> confusion;
  std::string licence;
  std::string data_notice;
  std::string intended_use;
  std::string misuse;
};

/// The card as one JSON object.
std::string to_json(const ModelCard& card);

/// Reads what to_json wrote. `where` names the file in an error. Throws Error (model) when the text
/// is not a card: not JSON, a field missing or out of range, another task than those two, or labels
/// that are not expressions.
ModelCard model_card_from_json(std::string_view json, const std::string& where);

}  // namespace mien
