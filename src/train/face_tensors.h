#pragma once

#include <torch/torch.h>

#include "dataset/face_dataset.h"
#include "mien/preprocessing.h"

namespace mien::train {

/// A dataset on the device that learns from it, so that a batch is only picked there.
struct FaceTensors {
  torch::Tensor pictures;  ///< N x 1 x H x W, gray levels, bytes
  torch::Tensor labels;    ///< N x 7, each row has a single 1
  torch::Tensor votes;     ///< N x 8, each row sums to 1, or to 0 where there are none
};

/// With the contrast of a model's input.
FaceTensors face_tensors(const FaceDataset& dataset, Contrast contrast,
                         const torch::Device& device);

/// `pictures` are N x 1 x H x W bytes on any device.
torch::Tensor with_contrast(Contrast contrast, const torch::Tensor& pictures);

/// Gray levels 0..255 to a model's input, each picture for itself: what mien::apply() does, on any
/// device. `pictures` are N x 1 x H x W floats.
torch::Tensor normalised(Normalisation normalisation, const torch::Tensor& pictures);

}  // namespace mien::train
