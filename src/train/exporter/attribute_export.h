#pragma once

#include <onnx/onnx_pb.h>

#include "train/attributes/attribute_network.h"
#include "train/recipe.h"

namespace mien::train {

/// Adds to a card what models for attributes have of their own, the largest gaps between groups of
/// faces among it, by the metrics that the card holds already.
void describe_attributes(const Recipe& recipe, AttributeNetwork& network,
                         const std::filesystem::path& data, ModelCard& card);

/// Writes the nodes and describes input "input" N x 1 x H x W and the outputs "gender" N x 2 and
/// "age" N x ages, both logits.
void write_attributes(AttributeNetwork& network, const ModelCard& card, onnx::GraphProto& graph);

}  // namespace mien::train
