#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <optional>

#include "inference/ranges.h"
#include "mien/model_card.h"
#include "mien/network.h"

namespace mien {

/// An ONNX file as it was read, with its card.
struct OnnxModel {
  onnx::ModelProto proto;
  ModelCard card;
  std::string where;  ///< the file, for error messages
  Ranges ranges;      ///< for int8; empty when they were not measured
};

/// The file's contents: a graph within ONNX, at most 512 MiB. Throws Error (model).
onnx::ModelProto read_onnx(const std::filesystem::path& path);

/// The file with its card of that task, or the card that the options give, and its ranges; its
/// input and outputs are what the card says. Throws Error: model, or usage for a card of the
/// options that is wrong.
OnnxModel load_model(const std::filesystem::path& path, const NetworkOptions& options,
                     std::string_view task = kExpressionTask);

/// The same for a model that finds faces, whose card is always in the file: one input [1,3,H,W] and
/// one output for each stride.
OnnxModel load_face_model(const std::filesystem::path& path);

/// Throws Error (model) unless the model keeps all rules of ONNX. For engines that do not check
/// what they read; it takes as long as reading does.
void check_well_formed(const onnx::ModelProto& proto, const std::string& where);

/// The card in the file's metadata; nothing when there is none. Throws Error (model) for a bad one.
std::optional<ModelCard> card_of(const onnx::ModelProto& proto, const std::string& where);

/// The metadata key that holds the ranges of a model's tensors, as JSON: {"name": [low, high],
/// ...}.
inline constexpr std::string_view kRangesKey = "mien.ranges";

/// The ranges in the file's metadata; none when it has none. Throws Error (model) for bad ones.
Ranges ranges_of(const onnx::ModelProto& proto, const std::string& where);

/// The name of the graph's first input that is not a weight (older files list those too).
std::string input_name(const onnx::GraphProto& graph);

/// Throws Error (model) unless the model has one float input [N, 1, height, width] and outputs
/// [N, size] as its card says.
void check_interface(const OnnxModel& model);

}  // namespace mien
