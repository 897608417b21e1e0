#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mien/model_card.h"

namespace mien {

/// In which numbers a model is computed. Inputs and outputs are floats in any case.
enum class Precision {
  float32,
  bfloat16,  ///< half the memory; where the processor has instructions for it, faster
  int8,      ///< faster still, for models whose ranges were measured (`mien calibrate`)
};

std::string_view name(Precision precision);
std::optional<Precision> precision_from_name(std::string_view name);

/// A model that is ready to run. One thread at a time.
class Network {
 public:
  virtual ~Network() = default;

  /// What the model is; valid as long as the network.
  virtual const ModelCard& card() const = 0;

  /// Outputs for any number of faces. `faces` holds them one after the other (NCHW with one
  /// channel), each `card().input.height` rows of `card().input.width` values as prepare_input()
  /// makes them. The result holds finite values, for each face in the same order those of all
  /// outputs, one after the other as output_sizes() says.
  /// Throws Error: internal when `faces` is not a whole number of faces, model when the model fails
  /// or gives a value that is not finite.
  virtual std::vector<float> run(std::span<const float> faces) = 0;
};

/// How many times a model will be run, as far as is known.
enum class Workload {
  many,  ///< getting ready may take tens of milliseconds longer, for the sake of faster runs
  few,   ///< ready soon
};

struct NetworkOptions {
  /// One of network_engines(). Default "auto": oneDNN, and OpenCV's dnn for a model that holds what
  /// Mien's oneDNN engine does not know.
  std::string engine = "auto";
  /// Default float32. The others need the engine oneDNN, and instructions of the processor for
  /// them; what they cost in accuracy is on the card.
  Precision precision = Precision::float32;
  /// For one run, of the engine oneDNN. Default 1: a face is too little work to share. 0: as many
  /// as the machine has processors.
  int threads = 1;
  /// Default many.
  Workload workload = Workload::many;
  /// Told in one line when "auto" does not run the model by oneDNN.
  std::function<void(const std::string&)> notice = {};
  /// For a model that carries no card: its labels, input and calibration. A card inside the model
  /// goes before this one. Default none: such a model is refused.
  std::optional<ModelCard> card = {};
};

/// The engines that a model can be run by, and "auto".
std::vector<std::string> network_engines();

/// Reads an ONNX model and gets it ready: its card, which must be of that task (kExpressionTask or
/// kAttributesTask), one float input [N, 1, height, width] and one output [N, size] for each of
/// output_sizes() must agree. Throws Error: usage for an unknown engine or a precision that the
/// processor or the engine does not have, model for anything that is wrong with the file.
std::unique_ptr<Network> make_network(const std::filesystem::path& path,
                                      const NetworkOptions& options = {},
                                      std::string_view task = kExpressionTask);

/// A network without a model, for tests: each value is a fixed linear function of the input, so the
/// same face always gets the same answer. `card` says its input and labels.
std::unique_ptr<Network> make_fake_network(const ModelCard& card);

}  // namespace mien
