#include "dataset/stored_picture.h"

#include <algorithm>

namespace mien {

Image as_stored(Image upright, int orientation) {
  if (orientation <= 1 || orientation > 8) return upright;
  // EXIF 2.3, tag 274: at which edges of the upright picture the file's first row and column lie.
  const bool swapped = orientation >= 5;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  const int width = swapped ? upright.height() : upright.width();
  const int height = swapped ? upright.width() : upright.height();
  Image stored(width, height, upright.format());
  const auto view = upright.view();
  auto* to = stored.pixels().data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x, to += view.channels()) {
      const int column = swapped ? y : x;
      const int row = swapped ? x : y;
      const auto* from = view.row(from_bottom ? view.height - 1 - row : row);
      const int at = (from_right ? view.width - 1 - column : column) * view.channels();
      std::copy_n(from + at, view.channels(), to);
    }
  }
  return stored;
}

}  // namespace mien
