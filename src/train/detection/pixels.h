#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "mien/image.h"

namespace mien::train {

using Random = std::mt19937;

double uniform(Random& random, double lowest, double highest);
bool chance(Random& random, double probability);

/// A picture and its halves, so that it can be shrunk without aliasing.
class Pyramid {
 public:
  explicit Pyramid(Image picture);

  int width() const { return levels_.front().width(); }
  int height() const { return levels_.front().height(); }
  const Image& level(int index) const { return levels_[static_cast<std::size_t>(index)]; }
  int levels() const { return static_cast<int>(levels_.size()); }

 private:
  std::vector<Image> levels_;
};

/// Where a canvas shows a picture: scaled, mirrored, turned about a point.
struct Placement {
  double scale = 1;  ///< canvas pixels for one of the picture
  double angle = 0;  ///< radians, clockwise as the picture is seen
  bool mirrored = false;
  double source_x = 0;  ///< this point of the picture ...
  double source_y = 0;
  double canvas_x = 0;  ///< ... lies here on the canvas
  double canvas_y = 0;

  /// A point of the picture on the canvas.
  void to_canvas(double& x, double& y) const;
};

struct Region {
  int left = 0;
  int top = 0;
  int right = 0;  ///< exclusive
  int bottom = 0;
};

/// Draws the picture into a region of the canvas (BGR), what lies outside of the picture in one
/// colour. `coarser` takes a level of less detail, which blurs.
void draw(const Pyramid& picture, const Placement& placement, int coarser, const Region& region,
          const std::uint8_t* outside, Image& canvas);

/// Other brightness, contrast, saturation and tint.
void change_colours(Image& canvas, Random& random);
void make_gray(Image& canvas);
/// A box filter of three pixels, some times.
void blur(Image& canvas, int times);
void add_noise(Image& canvas, double deviation, Random& random);
/// A rectangle of one colour or of noise.
void cover(Image& canvas, const Region& region, Random& random);
/// Shapes, stripes and noise.
void draw_shapes(Image& canvas, Random& random);

}  // namespace mien::train
