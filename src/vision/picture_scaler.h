#pragma once

#include <opencv2/core.hpp>

#include "mien/box.h"
#include "mien/image.h"

namespace mien {

/// A part of a picture, and what becomes of it: `width` x `height` pixels in the top left corner of
/// an input of `input_width` x `input_height`; the rest of that is black.
struct ScaledPart {
  Box place;  ///< within the picture
  int width = 0;
  int height = 0;
  int input_width = 0;
  int input_height = 0;

  double scale_x() const { return static_cast<double>(width) / place.width; }
  double scale_y() const { return static_cast<double>(height) / place.height; }
};

/// Scales parts of pictures, in memory that it uses again.
class PictureScaler {
 public:
  /// BGR, without gaps between rows; valid until the next call, and as long as the picture is.
  ImageView scale(const ImageView& picture, const ScaledPart& part);

 private:
  cv::Mat canvas_;
  cv::Mat halves_;
  cv::Mat next_halves_;
};

}  // namespace mien
