#pragma once

#include <concepts>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "mien/model_card.h"
#include "mien/network.h"

namespace mien {

/// The file of an ensemble's folder that holds its card as JSON, which lists the members.
inline constexpr std::string_view kEnsembleFile = "ensemble.json";

/// What names expressions: one network, or an ensemble of several, which may differ in
/// architecture, crop, input size, contrast and normalisation. An ensemble says the mean of its
/// members' calibrated probabilities, calibrated by a temperature of its own:
/// softmax(log(mean) / temperature).
struct ExpressionModel {
  /// A network by itself. Not explicit: where a model is asked for, a network will do.
  template <std::derived_from<Network> AnyNetwork>
  ExpressionModel(std::unique_ptr<AnyNetwork> network) : card(network->card()) {
    networks.push_back(std::move(network));
  }

  /// An ensemble. Throws Error (internal) for less than two members.
  ExpressionModel(ModelCard card, std::vector<std::unique_ptr<Network>> members);

  /// Of the network, or of the ensemble. Then `input` is that of its largest member, whose size
  /// suits pictures for all of them; how each prepares its faces stands on its own card.
  ModelCard card;
  std::vector<std::unique_ptr<Network>> networks;
};

/// Reads a model: an ONNX file, or an ensemble's folder with its members. Throws as make_network()
/// does, and Error (model) for a folder whose card is missing or invalid, or names a member that is
/// not a file within the folder.
ExpressionModel make_expression_model(const std::filesystem::path& path,
                                      const NetworkOptions& options = {});

}  // namespace mien
