#pragma once

#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mien/box.h"
#include "mien/image.h"
#include "output/colour.h"

namespace mien {

/// Texts as masks, each drawn once: drawing a text takes far longer than blending its mask.
class TextMasks {
 public:
  struct Mask {
    cv::Mat coverage;    ///< 0..255
    cv::Point baseline;  ///< where the text begins within the mask
  };

  /// `height` is that of a capital letter, in pixels. Valid until the next call.
  const Mask& mask(const std::string& text, int height);

  /// How wide the text is in pixels.
  static int width(const std::string& text, int height);

 private:
  std::map<std::pair<int, std::string>, Mask> masks_;
};

/// Draws on a BGR picture that somebody else owns. What lies outside of it is cut off.
class Canvas {
 public:
  Canvas(Image& picture, TextMasks& texts);

  int height() const { return picture_.rows; }

  /// A filled box with round corners; an opacity of 1 hides what is below.
  void fill(const Box& box, int radius, Colour colour, double opacity);

  /// The outline of a box with round corners, `thickness` pixels wide, within the box.
  void outline(const Box& box, int radius, Colour colour, int thickness);

  /// `height` is that of a capital letter, in pixels; the text stands on `baseline`.
  void text(const std::string& text, int left, int baseline, int height, Colour colour);

 private:
  /// What is drawn with: a colour that covers `strength` 256ths of what is below.
  struct Paint {
    std::uint8_t bgr[3];
    int strength;
  };

  static Paint paint(Colour colour, double opacity);
  void blend_pixel(int x, int y, const Paint& paint, double coverage);
  void blend_row(int left, int right, int y, const Paint& paint);
  void prepare_row(const Paint& paint, int width);

  cv::Mat picture_;
  TextMasks& texts_;
  std::vector<std::uint16_t> row_;  ///< the paint's share of each value in a row
};

}  // namespace mien
