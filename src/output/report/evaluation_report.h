#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/calibration.h"
#include "core/class_curve.h"
#include "core/evaluation.h"
#include "mien/image.h"
#include "mien/model_card.h"

namespace mien {

/// A face that was not named as its label says.
struct ConfusedFace {
  Image picture;
  float confidence = 0;
};

/// Two expressions of which the first was taken for the second.
struct ConfusedPair {
  Expression label = Expression::neutral;
  Expression said = Expression::neutral;
  std::size_t count = 0;
  std::vector<ConfusedFace> examples;
};

struct EvaluationReport {
  ModelCard card;
  std::string data;   ///< what was evaluated on, for the title
  std::string split;  ///< empty where there is none
  /// How it was measured: name and value.
  std::vector<std::pair<std::string, std::string>> method;
  Evaluation evaluation;
  std::vector<ReliabilityBin> reliability;
  std::vector<Coverage> coverage;
  std::vector<ClassCurve> curves;  ///< of each expression, in order
  std::vector<ConfusedPair> confused;
};

/// One page that needs nothing else: no script, no network, light and dark as the reader has it.
/// The examples' pictures are part of it.
std::string to_html(const EvaluationReport& report);

}  // namespace mien
