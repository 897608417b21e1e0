#pragma once

#include <span>
#include <vector>

#include "mien/expression_classifier.h"

namespace mien {

/// What a model sees of faces in a picture, one after the other, and of each face one after the
/// other the views that `crop` asks for.
std::vector<float> face_inputs(const ImageView& picture, std::span<const DetectedFace> faces,
                               const CropOptions& crop, const Preprocessing& input);

/// The same of pictures that show FER-2013's frame of a face, from where the model's own margin and
/// shift count.
std::vector<float> frame_inputs(std::span<const ImageView> frames,
                                TestTimeAugmentation augmentation, const Preprocessing& input);

/// One view of pictures that are already cut to the face as the model wants it.
std::vector<float> crop_inputs(std::span<const ImageView> crops, const Preprocessing& input);

}  // namespace mien
