#pragma once

#include "mien/face.h"
#include "mien/image.h"

namespace mien {

/// The part of the picture about a box in which a face is searched for that should be in the box:
/// it may have moved by a third of its size.
inline Box neighbourhood(const ImageView& picture, const Box& box) {
  const int across = box.width * 35 / 100;
  const int down = box.height * 35 / 100;
  const Box about{box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down};
  return intersection(about, {0, 0, picture.width, picture.height});
}

/// Whether a face near is about as large as was expected.
inline bool is_about_as_large(const Box& box, const Box& expected) {
  constexpr double kSizeRange = 1.6;
  return box.width * kSizeRange > expected.width && box.width < expected.width * kSizeRange;
}

/// `place` lies within the picture.
inline ImageView part_of(const ImageView& picture, const Box& place) {
  const auto* first =
      picture.row(place.y) + static_cast<std::ptrdiff_t>(place.x) * picture.channels();
  return {first, place.width, place.height, picture.stride, picture.format};
}

inline void move_by(DetectedFace& face, int x, int y) {
  face.box.x += x;
  face.box.y += y;
  if (!face.landmarks) return;
  for (auto& point : *face.landmarks) {
    point.x += static_cast<float>(x);
    point.y += static_cast<float>(y);
  }
}

}  // namespace mien
