#pragma once

namespace mien {

/// A rectangle in pixels; the origin is the picture's top left corner. It may reach over the edges.
struct Box {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  friend bool operator==(const Box&, const Box&) = default;
};

/// Width times height, 0 when either is not positive.
long long area(const Box& box);

/// The part that both boxes share; a box of size 0 when there is none.
Box intersection(const Box& a, const Box& b);

/// Intersection over union, 0..1.
double iou(const Box& a, const Box& b);

}  // namespace mien
