#include "train/architecture/face_architecture.h"

#include <array>

#include "mien/error.h"
#include "train/architecture/counting_layers.h"

namespace mien::train {
namespace {

struct Maker {
  const char* name;
  std::shared_ptr<FaceArchitecture> (*make)(int width);
};

constexpr std::array kMakers = {Maker{"separable_pyramid", make_separable_pyramid}};

}  // namespace

std::vector<std::string> face_architecture_names() {
  std::vector<std::string> names;
  for (const auto& maker : kMakers) names.emplace_back(maker.name);
  return names;
}

std::shared_ptr<FaceArchitecture> make_face_architecture(const ArchitectureOptions& options) {
  std::string known;
  for (const auto& maker : kMakers) {
    if (options.name == maker.name) return maker.make(options.width);
    known += (known.empty() ? "" : ", ") + std::string(maker.name);
  }
  throw Error(ErrorCode::usage,
              "recipe: architecture '" + options.name + "' is unknown; choose one of: " + known);
}

std::vector<torch::Tensor> FaceArchitecture::forward(const torch::Tensor& pictures) {
  RunningLayers layers;
  std::vector<torch::Tensor> tensors;
  for (const auto& grid : grids(layers, {pictures, {}})) tensors.push_back(grid.tensor);
  return tensors;
}

std::int64_t FaceArchitecture::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& parameter : parameters()) count += parameter.numel();
  return count;
}

std::int64_t FaceArchitecture::multiply_adds() {
  return count_multiply_adds(*this, 3, 480, 640, [this](Layers& layers, const Value& pictures) {
    grids(layers, pictures);
  });
}

}  // namespace mien::train
