#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "train/architecture/architecture_options.h"
#include "train/architecture/layers.h"

namespace mien::train {

/// A network without its last layer: pictures N x 1 x H x W to features N x feature_count x 1 x 1,
/// or N x feature_count.
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

/// For faces of which Otsu's threshold leaves black and white: three convolutions and pooling, one
/// dense layer with dropout.
std::shared_ptr<Architecture> make_thresholded_cnn(const ArchitectureOptions& options);

/// Four convolutions (64 of 3x3, 128 of 5x5, twice 512 of 3x3) and two dense layers (256, 512), all
/// with batch normalisation and dropout.
std::shared_ptr<Architecture> make_four_convolutions(const ArchitectureOptions& options);

/// Four convolutions and a dense layer of 1024, with dropout.
std::shared_ptr<Architecture> make_custom_cnn(const ArchitectureOptions& options);

/// Nine convolutions, halved by pooling and doubled in width after every three, and a dense layer.
std::shared_ptr<Architecture> make_nine_convolutions(const ArchitectureOptions& options);

/// Four convolutions of 64, 128, 128 and 528, halved by pooling, flattened into a dense layer of
/// 4096.
std::shared_ptr<Architecture> make_wide_dense(const ArchitectureOptions& options);

/// Simonyan and Zisserman, 2014, "Very Deep Convolutional Networks for Large-Scale Image
/// Recognition", configuration D.
std::shared_ptr<Architecture> make_vgg16(const ArchitectureOptions& options);

/// Krizhevsky, 2014, "One weird trick for parallelizing convolutional neural networks".
std::shared_ptr<Architecture> make_alexnet(const ArchitectureOptions& options);

/// He et al., 2015, "Deep Residual Learning for Image Recognition".
std::shared_ptr<Architecture> make_resnet18(const ArchitectureOptions& options);
std::shared_ptr<Architecture> make_resnet50(const ArchitectureOptions& options);

/// A convolution without bias that keeps the size at stride 1.
torch::nn::Conv2d plain_convolution(int inputs, int outputs, int kernel, int stride = 1,
                                    int groups = 1);

/// Of a layer that has `usual` channels where the first has `usual_width`.
int scaled_channels(int usual, int width, int usual_width);

/// Random weights that keep the deviation of values through a ReLU (He et al., 2015, "Delving Deep
/// into Rectifiers").
void prepare_for_relu(torch::Tensor& weight);

}  // namespace mien::train
