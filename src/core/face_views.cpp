#include "core/face_views.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::array<std::pair<TestTimeAugmentation, std::string_view>, 3> kNames = {
    {{TestTimeAugmentation::none, "none"},
     {TestTimeAugmentation::flip, "flip"},
     {TestTimeAugmentation::ten_crop, "ten-crop"}}};

/// A smaller crop within another, in shares of the other's side from its centre.
FaceCrop part_of(const FaceCrop& crop, double right, double down) {
  const double cosine = std::cos(crop.roll);
  const double sine = std::sin(crop.roll);
  return {crop.centre_x + crop.side * (cosine * right - sine * down),
          crop.centre_y + crop.side * (sine * right + cosine * down), crop.side * kTenCropSide,
          crop.roll};
}

std::vector<FaceCrop> crops_of(const FaceCrop& crop, TestTimeAugmentation augmentation) {
  if (augmentation != TestTimeAugmentation::ten_crop) return {crop};
  constexpr double kShift = (1 - kTenCropSide) / 2;
  return {part_of(crop, 0, 0), part_of(crop, -kShift, -kShift), part_of(crop, kShift, -kShift),
          part_of(crop, -kShift, kShift), part_of(crop, kShift, kShift)};
}

}  // namespace

std::string_view name(TestTimeAugmentation augmentation) {
  for (const auto& [value, text] : kNames) {
    if (value == augmentation) return text;
  }
  throw Error(ErrorCode::internal, "test-time augmentation: unknown choice");
}

std::optional<TestTimeAugmentation> test_time_augmentation_from_name(std::string_view name) {
  for (const auto& [value, text] : kNames) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::size_t view_count(TestTimeAugmentation augmentation) {
  switch (augmentation) {
    case TestTimeAugmentation::none:
      return 1;
    case TestTimeAugmentation::flip:
      return 2;
    case TestTimeAugmentation::ten_crop:
      return 10;
  }
  throw Error(ErrorCode::internal, "test-time augmentation: unknown choice");
}

std::vector<FaceView> views_of(const FaceCrop& crop, TestTimeAugmentation augmentation) {
  std::vector<FaceView> views;
  for (const auto& part : crops_of(crop, augmentation)) {
    views.push_back({part, false});
    if (augmentation != TestTimeAugmentation::none) views.push_back({part, true});
  }
  return views;
}

Image view_face(const ImageView& picture, const FaceView& view, int width, int height) {
  Image face = crop_face(picture, view.crop, width, height);
  if (!view.is_mirrored) return face;
  auto row = face.pixels().begin();
  for (int y = 0; y < height; ++y, row += width) std::reverse(row, row + width);
  return face;
}

}  // namespace mien
