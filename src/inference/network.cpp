#include "mien/network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "inference/onnx_model.h"
#include "inference/opencv_network.h"
#include "mien/error.h"
#include "mien/models.h"

namespace mien {
namespace {

struct Backend {
  std::string_view name;
  std::unique_ptr<Network> (*make)(OnnxModel model);
};

constexpr std::array<Backend, 1> kBackends = {{{"opencv", make_opencv_network}}};

const Backend& backend_named(const std::string& name) {
  std::string known;
  for (const auto& backend : kBackends) {
    if (backend.name == name) return backend;
    known += (known.empty() ? "" : ", ") + std::string(backend.name);
  }
  throw Error(ErrorCode::usage, "unknown backend '" + name + "'; choose one of: " + known);
}

/// Of a card that a program made up; one inside a model was checked when it was read.
void check(const Preprocessing& input, const std::string& where) {
  constexpr int kSmallest = 8;
  constexpr int kLargest = 1024;
  if (std::min(input.width, input.height) < kSmallest ||
      std::max(input.width, input.height) > kLargest) {
    throw Error(ErrorCode::usage, where +
                                      ": the card given for it has an input that is not within "
                                      "8 to 1024 pixels; correct its width and height");
  }
}

}  // namespace

std::vector<std::string> network_backends() {
  std::vector<std::string> names;
  for (const auto& backend : kBackends) names.emplace_back(backend.name);
  return names;
}

std::unique_ptr<Network> make_network(const std::filesystem::path& path,
                                      const NetworkOptions& options) {
  const auto& backend = backend_named(options.backend);
  OnnxModel model{read_onnx(path), {}, path.string()};
  auto card = card_of(model.proto, model.where);
  if (!card && options.card) {
    check(options.card->input, model.where);
    card = options.card;
  }
  if (!card) {
    throw Error(ErrorCode::model,
                model.where +
                    ": the model has no card; give a model that `mien export` wrote, or "
                    "its labels and input by --labels and --input-size");
  }
  model.card = *std::move(card);
  check_interface(model);
  return backend.make(std::move(model));
}

ModelCard read_model_card(const std::filesystem::path& path) {
  auto card = card_of(read_onnx(path), path.string());
  if (!card) {
    throw Error(ErrorCode::model, path.string() +
                                      ": the model has no card; give a model that "
                                      "`mien export` wrote");
  }
  return *std::move(card);
}

}  // namespace mien
