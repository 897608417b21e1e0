#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/face_grid.h"
#include "mien/image.h"
#include "mien/network.h"

namespace mien {

struct FaceNetworkOptions {
  /// Default: bfloat16 where the processor has instructions for it, float32 elsewhere.
  std::optional<Precision> precision = {};
  /// For one run. Default 1. 0: as many as the machine has processors.
  int threads = 1;
  /// Computes by the plain loops that define each operator, for checking. Default oneDNN.
  bool reference = false;
};

/// A model that finds faces, ready to run. What a run needs is made once for each size of picture,
/// which takes some milliseconds, and kept for a few sizes. One thread at a time.
class FaceNetwork {
 public:
  /// Throws Error: usage for a precision that there is not, model for anything that is wrong with
  /// the file.
  explicit FaceNetwork(const std::filesystem::path& path, const FaceNetworkOptions& options = {});
  FaceNetwork(FaceNetwork&&) noexcept;
  FaceNetwork& operator=(FaceNetwork&&) noexcept;
  ~FaceNetwork();

  const ModelCard& card() const;

  /// What both sides of a picture must be multiples of.
  int side_unit() const;

  /// The grids of a picture, one for each of the card's strides; valid until the next run. The
  /// picture is BGR without gaps between its rows. Throws Error: internal for another picture,
  /// model when the model fails or gives scores that are not finite.
  std::vector<FaceGrid> run(const ImageView& picture);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
