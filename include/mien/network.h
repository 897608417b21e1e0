#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mien/model_card.h"

namespace mien {

/// A model that is ready to run. One thread at a time.
class Network {
 public:
  virtual ~Network() = default;

  /// What the model is; valid as long as the network.
  virtual const ModelCard& card() const = 0;

  /// Logits for any number of faces. `faces` holds them one after the other (NCHW with one
  /// channel), each `card().input.height` rows of `card().input.width` values as prepare_input()
  /// makes them. The result holds `card().labels.size()` finite logits per face, in the same order.
  /// Throws Error: internal when `faces` is not a whole number of faces, model when the model fails
  /// or gives a value that is not finite.
  virtual std::vector<float> run(std::span<const float> faces) = 0;
};

struct NetworkOptions {
  /// One of network_backends(). Default "opencv": OpenCV's dnn on the processor.
  std::string backend = "opencv";
  /// For a model that carries no card: its labels, input and calibration. A card inside the model
  /// goes before this one. Default none: such a model is refused.
  std::optional<ModelCard> card;
};

/// The backends that a model can be run by.
std::vector<std::string> network_backends();

/// Reads an ONNX model and gets it ready: its card, one float input [N, 1, height, width] and one
/// output [N, labels] must agree. Throws Error: usage for an unknown backend, model for anything
/// that is wrong with the file.
std::unique_ptr<Network> make_network(const std::filesystem::path& path,
                                      const NetworkOptions& options = {});

/// A network without a model, for tests: each logit is a fixed linear function of the input, so the
/// same face always gets the same answer. `card` says its input and labels.
std::unique_ptr<Network> make_fake_network(const ModelCard& card);

}  // namespace mien
