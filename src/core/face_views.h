#pragma once

#include <vector>

#include "mien/face_crop.h"
#include "mien/image.h"
#include "mien/test_time_augmentation.h"

namespace mien {

/// What a model is shown of a face.
struct FaceView {
  FaceCrop crop;
  bool is_mirrored = false;

  friend bool operator==(const FaceView&, const FaceView&) = default;
};

std::size_t view_count(TestTimeAugmentation augmentation);

/// The views of a face whose own crop this is, view_count() of them; its turn is kept.
std::vector<FaceView> views_of(const FaceCrop& crop, TestTimeAugmentation augmentation);

/// The gray pixels of a view, as crop_face() gives them, left and right swapped where it is
/// mirrored. Throws as crop_face() does.
Image view_face(const ImageView& picture, const FaceView& view, int width, int height);

}  // namespace mien
