#include "vision/picture_scaler.h"

#include <opencv2/imgproc.hpp>

#include "vision/neighbourhood.h"

namespace mien {
namespace {

/// Shrinks, if at all, so that every pixel counts. Halves are fast, and so is picking between two
/// neighbours; OpenCV's average over any area takes many times as long.
void resize(cv::Mat from, cv::Mat& to, cv::Mat& halves, cv::Mat& next) {
  while (from.cols >= 2 * to.cols && from.rows >= 2 * to.rows) {
    const cv::Size half(from.cols / 2, from.rows / 2);
    const auto even = from(cv::Rect(0, 0, 2 * half.width, 2 * half.height));
    if (half == to.size()) return cv::resize(even, to, half, 0, 0, cv::INTER_AREA);
    cv::resize(even, next, half, 0, 0, cv::INTER_AREA);
    cv::swap(halves, next);
    from = halves;
  }
  const bool thin = from.cols > 2 * to.cols || from.rows > 2 * to.rows;
  cv::resize(from, to, to.size(), 0, 0, thin ? cv::INTER_AREA : cv::INTER_LINEAR);
}

}  // namespace

ImageView PictureScaler::scale(const ImageView& picture, const ScaledPart& part) {
  const auto source = part_of(picture, part.place);
  const bool kept = part.place.width == part.width && part.place.height == part.height;
  const bool filled = part.width == part.input_width && part.height == part.input_height;
  if (kept && filled && source.format == PixelFormat::bgr &&
      source.stride == std::ptrdiff_t{3} * source.width) {
    return source;
  }
  // OpenCV has no view of constant pixels; these are only read.
  const cv::Mat given(source.height, source.width, CV_8UC(source.channels()),
                      const_cast<std::uint8_t*>(source.data),
                      static_cast<std::size_t>(source.stride));
  canvas_.create(part.input_height, part.input_width, CV_8UC3);
  canvas_.colRange(part.width, part.input_width).setTo(0);
  canvas_.rowRange(part.height, part.input_height).setTo(0);
  cv::Mat content = canvas_(cv::Rect(0, 0, part.width, part.height));
  if (source.format == PixelFormat::gray) {
    cv::Mat gray(content.size(), CV_8U);
    resize(given, gray, halves_, next_halves_);
    cv::cvtColor(gray, content, cv::COLOR_GRAY2BGR);
  } else if (kept) {
    given.copyTo(content);
  } else {
    resize(given, content, halves_, next_halves_);
  }
  return {canvas_.data, canvas_.cols, canvas_.rows, static_cast<std::ptrdiff_t>(canvas_.step),
          PixelFormat::bgr};
}

}  // namespace mien
