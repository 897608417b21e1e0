#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inference/ranges.h"
#include "mien/network.h"

namespace mien {

/// Between which values the tensors of a model lie that its convolutions read, noted for each face.
class RangeMeter {
 public:
  void note(const std::string& tensor, float lowest, float highest);

  /// The ranges that int8 shall cover. Values of a few faces may lie beyond: a range for every one
  /// of them would make the steps between all others coarser.
  Ranges ranges() const;

 private:
  struct Extremes {
    std::vector<float> lowest;
    std::vector<float> highest;
  };
  std::map<std::string, Extremes> extremes_;
};

/// Runs the model in float32 and notes the ranges in `meter`, which must outlive the network.
/// Throws as make_network() does.
std::unique_ptr<Network> make_metering_network(const std::filesystem::path& path,
                                               const NetworkOptions& options, RangeMeter& meter);

/// Runs the model by oneDNN with these ranges in place of its own. Throws as make_network() does.
std::unique_ptr<Network> make_ranged_network(const std::filesystem::path& path,
                                             const Ranges& ranges, const NetworkOptions& options);

/// Writes a copy of the model with these ranges and this card. Throws Error: model for a file that
/// is none, internal when the copy cannot be written.
void write_calibrated(const std::filesystem::path& model, const Ranges& ranges,
                      const ModelCard& card, const std::filesystem::path& copy);

}  // namespace mien
