#pragma once

#include <vector>

#include "core/evaluation.h"
#include "dataset/face_dataset.h"
#include "mien/preprocessing.h"
#include "train/expression_network.h"
#include "train/precision.h"

namespace mien::train {

/// What a network says of a dataset, one crop each, without augmentation.
struct Predictions {
  std::vector<float> logits;  ///< kExpressionCount for each face
  std::vector<Expression> labels;
};

/// Leaves the network in evaluation mode.
Predictions predict(ExpressionNetwork& network, const FaceDataset& dataset,
                    const Preprocessing& input, const torch::Device& device, Precision precision);

/// At this temperature.
Evaluation evaluate(const Predictions& predictions, double temperature);

}  // namespace mien::train
