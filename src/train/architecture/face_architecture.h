#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/architecture/architecture_options.h"
#include "train/architecture/layers.h"

namespace mien::train {

/// A fully convolutional network that finds faces: pictures N x 3 x H x W (blue, green, red,
/// 0..255; sides multiples of 32) to one grid N x 15 x H/s x W/s for each stride s, as
/// core/face_grid.h describes them.
class FaceArchitecture : public torch::nn::Module {
 public:
  virtual std::vector<Value> grids(Layers& layers, const Value& pictures) = 0;
  virtual std::vector<int> strides() const = 0;

  /// The grids of a batch while it is trained or measured.
  std::vector<torch::Tensor> forward(const torch::Tensor& pictures);

  std::int64_t parameter_count() const;
  /// For a picture of 640 x 480.
  std::int64_t multiply_adds();
};

/// Throws Error (usage) naming the known architectures when there is none of that name.
std::shared_ptr<FaceArchitecture> make_face_architecture(const ArchitectureOptions& options);

std::vector<std::string> face_architecture_names();

/// Depthwise-separable convolutions (Howard et al., 2017, "MobileNets") with ways around them, a
/// feature pyramid (Lin et al., 2016) of strides 8, 16 and 32, and a head without anchors (as in
/// Ge et al., 2021, "YOLOX").
std::shared_ptr<FaceArchitecture> make_separable_pyramid(int width);

}  // namespace mien::train
