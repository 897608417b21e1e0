#include "mien/box.h"

#include <algorithm>

namespace mien {

long long area(const Box& box) {
  if (box.width <= 0 || box.height <= 0) return 0;
  return static_cast<long long>(box.width) * box.height;
}

Box intersection(const Box& a, const Box& b) {
  const int left = std::max(a.x, b.x);
  const int top = std::max(a.y, b.y);
  const int right = std::min(a.x + a.width, b.x + b.width);
  const int bottom = std::min(a.y + a.height, b.y + b.height);
  return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

double iou(const Box& a, const Box& b) {
  const auto shared = area(intersection(a, b));
  const auto either = area(a) + area(b) - shared;
  return either == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(either);
}

}  // namespace mien
