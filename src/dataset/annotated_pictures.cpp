#include "dataset/annotated_pictures.h"

#include <cmath>

namespace mien {

std::vector<AnnotatedFace> annotated_faces(const MarkedPicture& picture, double scale_x,
                                           double scale_y) {
  const auto scaled = [](float value, double scale) {
    return static_cast<int>(std::lround(value * scale));
  };
  std::vector<AnnotatedFace> faces;
  for (const auto& face : picture.faces) {
    faces.push_back({{scaled(face.x, scale_x), scaled(face.y, scale_y), scaled(face.width, scale_x),
                      scaled(face.height, scale_y)},
                     face.valid});
  }
  return faces;
}

}  // namespace mien
