#pragma once

#include <memory>

#include "inference/executor.h"
#include "inference/ranges.h"
#include "mien/network.h"

namespace mien {

struct OnednnOptions {
  Precision precision = Precision::float32;
  int threads = 1;
  /// Takes tens of milliseconds longer to get ready and runs faster.
  bool thorough = true;
  Ranges ranges;  ///< for int8
};

namespace onednn {
class Constants;
}

/// Runs a graph by oneDNN's primitives. Convolutions do the activation and addition behind them,
/// and what lies between is kept in the layouts that oneDNN likes best. Throws Unsupported for a
/// graph that it cannot run.
/// Executors of one model for several sizes share the weights that `constants` keeps.
std::unique_ptr<Executor> make_onednn_executor(const Graph& graph, const OnednnOptions& options,
                                               const std::shared_ptr<onednn::Constants>& constants);

/// The same for a graph whose one input is a picture: its bytes become the numbers that the first
/// layer wants in one step.
std::unique_ptr<PictureExecutor> make_onednn_picture_executor(
    const Graph& graph, const OnednnOptions& options,
    const std::shared_ptr<onednn::Constants>& constants);

std::shared_ptr<onednn::Constants> make_onednn_constants();

/// Whether this machine's processor computes in it, not merely imitates it.
bool has_instructions_for(Precision precision);

}  // namespace mien
