#pragma once

#include <filesystem>
#include <string>

#include "mien/model_card.h"
#include "onnx_builder.h"

namespace mien::test {

/// The card of an expression model for faces of this width and height.
ModelCard expression_card(int side);

/// [N, 1, side, side] -> [N, 7], without a card: one fully connected layer. Its weights are
/// linear_weight().
OnnxBuilder linear_model(int side);

/// Of the linear model: how input `pixel` counts for output `label`.
float linear_weight(int side, int label, int pixel);

/// [N, 1, 16, 16] -> [N, 7], without a card: a residual squeeze-and-excitation block, then
/// depthwise and pointwise convolutions, pooling as in mini_xception, and a linear layer.
OnnxBuilder convolutional_model();

/// The model's bytes, with the card in its metadata.
std::string with_card(OnnxBuilder model, const ModelCard& card);

}  // namespace mien::test
