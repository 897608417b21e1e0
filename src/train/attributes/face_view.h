#pragma once

#include <cstdint>
#include <random>

#include "mien/image.h"
#include "train/recipe.h"

namespace mien::train {

/// A face as a network learns from it: cut out by the code that serves, a little off, and worsened
/// as by a camera, a video or distance. Shares and probabilities are those of the options; the
/// generator decides the rest. `face` is gray and a face's whole frame; the view is gray, `width` x
/// `height`.
Image viewed(const ImageView& face, const FaceViewOptions& options, int width, int height,
             std::mt19937& random);

}  // namespace mien::train
