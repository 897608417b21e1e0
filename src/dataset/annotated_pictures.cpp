#include "dataset/annotated_pictures.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mien {
namespace {

/// The part of a box that is in the picture: of no or less than no size when none is.
MarkedFace visible(MarkedFace face, float width, float height) {
  const float right = std::min(face.x + face.width, width);
  const float bottom = std::min(face.y + face.height, height);
  face.x = std::max(face.x, 0.0F);
  face.y = std::max(face.y, 0.0F);
  face.width = right - face.x;
  face.height = bottom - face.y;
  return face;
}

}  // namespace

std::optional<std::string> complaint_about(const MarkedFace& face, float width, float height) {
  constexpr float kMustBeVisible = 1.0F / 3;
  if (!(face.width > 0 && face.height > 0)) return "a face of no size";
  const auto inside = visible(face, width, height);
  if (!(inside.width > 0 && inside.height > 0)) return "a face outside of the picture";
  if (inside.width * inside.height < kMustBeVisible * face.width * face.height) {
    return "a face of which less than a third is in the picture";
  }
  return std::nullopt;
}

void cut(MarkedFace& face, float width, float height) { face = visible(face, width, height); }

std::vector<std::string> cut_faces(MarkedPicture& picture, int width, int height) {
  const auto right = static_cast<float>(width);
  const auto bottom = static_cast<float>(height);
  std::vector<std::string> complaints;
  std::vector<MarkedFace> kept;
  for (auto& face : picture.faces) {
    if (const auto complaint = complaint_about(face, right, bottom)) {
      complaints.push_back("line " + std::to_string(face.line) + ": " + *complaint);
      continue;
    }
    cut(face, right, bottom);
    kept.push_back(face);
  }
  if (!complaints.empty()) picture.all_marked = false;
  picture.faces = std::move(kept);
  return complaints;
}

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
