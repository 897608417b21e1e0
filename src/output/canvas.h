#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "mien/box.h"
#include "mien/image.h"
#include "output/colour.h"

namespace mien {

/// Draws on a BGR picture that somebody else owns. What lies outside of it is cut off.
class Canvas {
 public:
  explicit Canvas(Image& picture);

  /// A filled box with round corners; an opacity of 1 hides what is below.
  void fill(const Box& box, int radius, Colour colour, double opacity);

  /// The outline of a box with round corners, `thickness` pixels wide.
  void outline(const Box& box, int radius, Colour colour, int thickness);

  /// `height` is that of a capital letter, in pixels; the text stands on `baseline`.
  void text(const std::string& text, int left, int baseline, int height, Colour colour);

  /// How wide text() would draw it.
  static int text_width(const std::string& text, int height);

 private:
  /// Mixes the colour in where the mask, which lies at this place of the picture, says.
  void blend(const cv::Mat& mask, cv::Point place, Colour colour, double opacity);

  cv::Mat picture_;
};

}  // namespace mien
