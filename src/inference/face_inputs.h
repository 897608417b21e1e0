#pragma once

#include <span>
#include <vector>

#include "mien/expression_classifier.h"

namespace mien {

/// What a model sees of faces in a picture, one after the other.
std::vector<float> face_inputs(const ImageView& picture, std::span<const DetectedFace> faces,
                               const CropOptions& crop, const Preprocessing& input);

/// The same of pictures that are already cut to the face.
std::vector<float> crop_inputs(std::span<const ImageView> crops, const Preprocessing& input);

}  // namespace mien
