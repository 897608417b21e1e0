#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "train/architecture/architecture_options.h"
#include "train/architecture/layers.h"

namespace mien::train {

/// A network without its last layer: pictures N x 1 x H x W to features N x feature_count x 1 x 1.
class Architecture : public torch::nn::Module {
 public:
  virtual Value features(Layers& layers, const Value& pictures) = 0;
  virtual int feature_count() const = 0;
};

/// Throws Error (usage) naming the known architectures when there is none of that name.
std::shared_ptr<Architecture> make_architecture(const ArchitectureOptions& options);

std::vector<std::string> architecture_names();

/// VGG-style (Simonyan and Zisserman, 2014): 3x3 convolutions, halved by pooling and doubled in
/// width, made of residual blocks (He et al., 2015) with squeeze-and-excitation (Hu et al., 2017).
std::shared_ptr<Architecture> make_vgg_se(const ArchitectureOptions& options);

/// Residual blocks with squeeze-and-excitation at a half, a quarter and an eighth of the picture's
/// size, after two convolutions at its own; `depth` blocks at each.
std::shared_ptr<Architecture> make_residual_se(const ArchitectureOptions& options);

/// Inverted residual blocks (Sandler et al., 2018, "MobileNetV2") with squeeze-and-excitation and
/// larger kernels where the maps are small (Howard et al., 2019, "Searching for MobileNetV3").
std::shared_ptr<Architecture> make_inverted_residual(const ArchitectureOptions& options);

/// mini-Xception (Arriaga et al., 2017, "Real-time Convolutional Neural Networks for Emotion and
/// Gender Classification"): residual blocks of depthwise-separable convolutions.
std::shared_ptr<Architecture> make_mini_xception(const ArchitectureOptions& options);

/// A convolution without bias that keeps the size at stride 1.
torch::nn::Conv2d plain_convolution(int inputs, int outputs, int kernel, int stride = 1,
                                    int groups = 1);

}  // namespace mien::train
