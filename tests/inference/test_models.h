#pragma once

#include <filesystem>
#include <string>
#include <vector>

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

/// The card of a model for attributes: `ages` of them, the first 20.
ModelCard attribute_card(int side, int ages);

/// [N, 1, side, side] -> [N, genders] and [N, ages], without a card: a fully connected layer each.
OnnxBuilder two_headed_model(int side, int genders, int ages);

/// [N, 1, 16, 16] -> [N, 7], without a card: a residual squeeze-and-excitation block, then
/// depthwise and pointwise convolutions, pooling as in mini_xception, and a linear layer.
OnnxBuilder convolutional_model();

/// The card of a model that finds faces.
ModelCard detector_card(const std::vector<int>& strides);

/// [1, 3, H, W] -> a grid for each stride, without a card: each square of a stride's pixels whose
/// mean brightness is above 200 is a face around it of `size` strides (the logit is a tenth of what
/// it is brighter). Blue counts half as much as green, red three times as much as blue. The
/// landmarks lie a quarter of a stride from the centre: left, right, below, and below both. A
/// detector asks that cells agree: of a bright square of two strides each way it makes one face, of
/// one stride none.
OnnxBuilder bright_square_model(const std::vector<int>& strides, float size = 8);

/// The model's bytes, with the card in its metadata.
std::string with_card(OnnxBuilder model, const ModelCard& card);

}  // namespace mien::test
