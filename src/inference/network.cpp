#include "mien/network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "inference/ensemble.h"
#include "inference/graph/unsupported.h"
#include "inference/graph_network.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/onnx_model.h"
#include "inference/opencv_network.h"
#include "mien/error.h"
#include "mien/models.h"

namespace mien {
namespace {

struct Engine {
  std::string_view name;
  std::unique_ptr<Network> (*make)(const OnnxModel& model, const NetworkOptions& options);
};

/// oneDNN, and OpenCV for a model that is valid and holds what Mien does not know.
std::unique_ptr<Network> make_auto_network(const OnnxModel& model, const NetworkOptions& options) {
  try {
    return make_onednn_network(model, options);
  } catch (const Unsupported& reason) {
    if (options.precision != Precision::float32) throw;
    auto network = make_opencv_network(model, options);
    if (options.notice) {
      options.notice(std::string(reason.what()) +
                     "; OpenCV's dnn runs the model instead, which is slower");
    }
    return network;
  }
}

constexpr std::array<Engine, 4> kEngines = {{{"auto", make_auto_network},
                                             {"onednn", make_onednn_network},
                                             {"opencv", make_opencv_network},
                                             {"reference", make_reference_network}}};

const Engine& engine_named(const std::string& name) {
  std::string known;
  for (const auto& engine : kEngines) {
    if (engine.name == name) return engine;
    known += (known.empty() ? "" : ", ") + std::string(engine.name);
  }
  throw Error(ErrorCode::usage, "unknown engine '" + name + "'; choose one of: " + known);
}

/// A precision that the processor would imitate is no use: it is slower than float32.
void check_precision(const NetworkOptions& options, const OnnxModel& model) {
  if (!has_instructions_for(options.precision)) {
    throw Error(ErrorCode::usage, "this processor has no instructions for " +
                                      std::string(name(options.precision)) +
                                      "; use --precision float32");
  }
  if (options.precision == Precision::int8 && model.ranges.empty()) {
    throw Error(ErrorCode::usage, model.where +
                                      ": its ranges were not measured, and int8 needs them; run "
                                      "`mien calibrate` on it");
  }
}

}  // namespace

std::vector<std::string> network_engines() {
  std::vector<std::string> names;
  for (const auto& engine : kEngines) names.emplace_back(engine.name);
  return names;
}

std::unique_ptr<Network> make_network(const std::filesystem::path& path,
                                      const NetworkOptions& options, std::string_view task) {
  const auto& engine = engine_named(options.engine);
  const auto model = load_model(path, options, task);
  check_precision(options, model);
  return engine.make(model, options);
}

ModelCard read_model_card(const std::filesystem::path& path) {
  if (is_ensemble(path)) return read_ensemble_card(path);
  auto card = card_of(read_onnx(path), path.string());
  if (!card) {
    throw Error(ErrorCode::model, path.string() +
                                      ": the model has no card; give a model that "
                                      "`mien export` wrote");
  }
  return *std::move(card);
}

}  // namespace mien
