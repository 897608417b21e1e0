#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/evaluation.h"
#include "dataset/face_dataset.h"
#include "mien/preprocessing.h"
#include "train/expression_network.h"
#include "train/precision.h"

namespace mien::train {

/// What a network says of a dataset, one crop each, without augmentation.
struct Predictions {
  std::vector<float> logits;               ///< kExpressionCount for each face
  std::vector<std::int64_t> vote_classes;  ///< the class of FER+ with most votes, as predicted
  std::vector<Expression> labels;
};

/// Leaves the network in evaluation mode.
Predictions predict(ExpressionNetwork& network, const FaceDataset& dataset,
                    const Preprocessing& input, const torch::Device& device, Precision precision);

/// At this temperature.
Evaluation evaluate(const Predictions& predictions, double temperature);

struct FerPlusAccuracy {
  double accuracy = 0;
  std::size_t n = 0;  ///< faces on whose class the voters agree
};

/// Of the predicted votes' class, on the faces for which majority() has one.
FerPlusAccuracy ferplus_accuracy(const Predictions& predictions, const FaceDataset& dataset);

}  // namespace mien::train
