#include "mien/face_crop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/landmark_fit.h"
#include "core/resampling.h"
#include "mien/error.h"

namespace mien {
namespace {

/// A head tilted by less is taken as upright: landmarks are no more exact than that.
constexpr double kUpright = 3 * std::numbers::pi / 180;

// What landmarks of a face look like: profiles, swapped sides and chance points agree less with a
// typical face; places and sizes are in the box's longer side.
constexpr double kLeastAgreement = 0.85;
constexpr double kFarthest = 1;
constexpr double kSmallest = 0.3;
constexpr double kLargest = 3;

/// A head's box is about that of an ellipse of this aspect, so its longer side shrinks as the head
/// tilts. Measured: docs/decisions.md.
constexpr double kHeadAspect = 0.85;

double longer_side(const Box& box) { return std::max(box.width, box.height); }

/// The longer side that the box of a tilted head would have if the head were upright.
double upright_side(const Box& box, double roll) {
  const double across = std::sin(roll) * std::sin(roll);
  const double shrinking = (1 - kHeadAspect * kHeadAspect) * std::min(across, 1 - across);
  return longer_side(box) / std::sqrt(1 - shrinking);
}

}  // namespace

FaceCrop whole_picture(const ImageView& picture) {
  return upright_crop({0, 0, picture.width, picture.height}, {}, {});
}

FaceCrop upright_crop(const Box& box, const FaceFraming& framing,
                      const Preprocessing& preprocessing) {
  const double side = longer_side(box);
  const double frame = side * framing.margin;
  return {box.x + box.width / 2.0,
          box.y + box.height / 2.0 + side * framing.shift_down + frame * preprocessing.shift_down,
          std::max(1.0, frame * preprocessing.margin), 0};
}

FaceCrop straightened_crop(const DetectedFace& face, const FaceFraming& framing,
                           const Preprocessing& preprocessing) {
  const auto& box = face.box;
  const auto roll = face.landmarks ? head_roll(*face.landmarks, box) : std::nullopt;
  if (!roll || std::abs(*roll) < kUpright) return upright_crop(box, framing, preprocessing);
  const double side = upright_side(box, *roll);
  const double frame = side * framing.margin;
  const double down = side * framing.shift_down + frame * preprocessing.shift_down;
  return {box.x + box.width / 2.0 - std::sin(*roll) * down,
          box.y + box.height / 2.0 + std::cos(*roll) * down,
          std::max(1.0, frame * preprocessing.margin), *roll};
}

std::optional<double> head_roll(const Landmarks& landmarks, const Box& box) {
  const double side = longer_side(box);
  const double x = box.x + box.width / 2.0;
  const double y = box.y + box.height / 2.0;
  const bool near = std::all_of(landmarks.begin(), landmarks.end(), [&](const Point& point) {
    return std::hypot(point.x - x, point.y - y) <= kFarthest * side;
  });
  if (!near) return std::nullopt;
  const auto fit = fit_typical_face(landmarks);
  const bool is_as_large = fit.side >= kSmallest * side && fit.side <= kLargest * side;
  if (!is_as_large || fit.agreement < kLeastAgreement) return std::nullopt;
  return fit.roll;
}

Image crop_face(const ImageView& picture, const FaceCrop& crop, int width, int height) {
  if (picture.empty()) throw Error(ErrorCode::internal, "crop_face: the picture is empty");
  if (!std::isfinite(crop.centre_x + crop.centre_y + crop.side + crop.roll)) {
    throw Error(ErrorCode::internal, "crop_face: the crop is not finite");
  }
  if (crop.roll != 0) return resample_turned(picture, crop, width, height);
  const int side = static_cast<int>(std::lround(crop.side));
  const Box part{static_cast<int>(std::lround(crop.centre_x - crop.side / 2)),
                 static_cast<int>(std::lround(crop.centre_y - crop.side / 2)), side, side};
  return resample(picture, part, width, height);
}

}  // namespace mien
