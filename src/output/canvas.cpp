#include "output/canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mien {
namespace {

/// Texts are drawn this many times larger and then reduced, which makes clean edges at any size.
constexpr int kOversampling = 4;
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
/// A capital letter of OpenCV's Hershey fonts at scale 1, in pixels.
constexpr double kCapitalHeight = 21;
/// The names, and each percentage, in a few sizes.
constexpr std::size_t kMostMasks = 1024;

double font_scale(int height) { return kOversampling * height / kCapitalHeight; }

int stroke(int height) {
  return std::max(1, static_cast<int>(std::lround(0.15 * kOversampling * height)));
}

TextMasks::Mask draw_text(const std::string& text, int height) {
  const int line = stroke(height);
  int below = 0;
  const auto size = cv::getTextSize(text, kFont, font_scale(height), line, &below);
  const int edge = 2 * kOversampling;
  below += line;
  const auto whole = [](int value) { return (value / kOversampling + 1) * kOversampling; };
  cv::Mat large(whole(height * kOversampling + edge) + whole(below + edge),
                whole(size.width + 2 * edge), CV_8U, cv::Scalar(0));
  const int base = whole(height * kOversampling + edge);
  cv::putText(large, text, {edge, base}, kFont, font_scale(height), cv::Scalar(255), line,
              cv::LINE_AA);
  cv::Mat mask;
  cv::resize(large, mask, {}, 1.0 / kOversampling, 1.0 / kOversampling, cv::INTER_AREA);
  return {mask, {edge / kOversampling, base / kOversampling}};
}

/// How much of the pixel that far from a circle's centre lies in the circle, 0..1.
double coverage_at(double distance, int radius) {
  return std::clamp(radius + 0.5 - distance, 0.0, 1.0);
}

/// How far row `y` of a box lies from the centre line of its round corners, in pixels; not positive
/// between them.
double rows_into_corner(int y, int height, int radius) {
  return std::max(radius - (y + 0.5), y + 0.5 - (height - radius));
}

}  // namespace

const TextMasks::Mask& TextMasks::mask(const std::string& text, int height) {
  const std::pair key(height, text);
  auto found = masks_.find(key);
  if (found == masks_.end()) {
    if (masks_.size() >= kMostMasks) masks_.clear();
    found = masks_.emplace(key, draw_text(text, height)).first;
  }
  return found->second;
}

int TextMasks::width(const std::string& text, int height) {
  int below = 0;
  const auto size = cv::getTextSize(text, kFont, font_scale(height), stroke(height), &below);
  return size.width / kOversampling + 1;
}

Canvas::Canvas(Image& picture, TextMasks& texts)
    : picture_(picture.height(), picture.width(), CV_8UC3, picture.pixels().data()),
      texts_(texts) {}

void Canvas::fill(const Box& box, int radius, Colour colour, double opacity) {
  if (area(box) == 0) return;
  const int r = std::clamp(radius, 0, std::min(box.width, box.height) / 2);
  const Paint colour_and_strength = paint(colour, opacity);
  prepare_row(colour_and_strength, box.width);
  const int last = std::min(box.y + box.height, picture_.rows);
  for (int y = std::max(box.y, 0); y < last; ++y) {
    const double dy = rows_into_corner(y - box.y, box.height, r);
    const int corner = dy > 0 ? r : 0;
    for (int x = 0; x < corner; ++x) {
      const double coverage = coverage_at(std::hypot(r - (x + 0.5), dy), r);
      blend_pixel(box.x + x, y, colour_and_strength, coverage);
      blend_pixel(box.x + box.width - 1 - x, y, colour_and_strength, coverage);
    }
    blend_row(box.x + corner, box.x + box.width - corner, y, colour_and_strength);
  }
}

void Canvas::outline(const Box& box, int radius, Colour colour, int thickness) {
  if (area(box) == 0) return;
  const int half = std::min(box.width, box.height) / 2;
  if (half <= thickness) return fill(box, radius, colour, 1);
  const int r = std::clamp(radius, thickness, half);
  const Paint full = paint(colour, 1);
  prepare_row(full, box.width);
  const int right = box.x + box.width;
  const int last = std::min(box.y + box.height, picture_.rows);
  for (int y = std::max(box.y, 0); y < last; ++y) {
    const int row = y - box.y;
    const double dy = rows_into_corner(row, box.height, r);
    const int corner = dy > 0 ? r : 0;
    for (int x = 0; x < corner; ++x) {
      const double distance = std::hypot(r - (x + 0.5), dy);
      const double coverage = coverage_at(distance, r) - coverage_at(distance, r - thickness);
      blend_pixel(box.x + x, y, full, coverage);
      blend_pixel(right - 1 - x, y, full, coverage);
    }
    if (row < thickness || row >= box.height - thickness) {
      blend_row(box.x + corner, right - corner, y, full);
    } else if (corner == 0) {
      blend_row(box.x, box.x + thickness, y, full);
      blend_row(right - thickness, right, y, full);
    }
  }
}

void Canvas::text(const std::string& text, int left, int baseline, int height, Colour colour) {
  const auto& [mask, begin] = texts_.mask(text, height);
  const Paint opaque = paint(colour, 1);
  const cv::Point place(left - begin.x, baseline - begin.y);
  const cv::Rect visible = cv::Rect(place, mask.size()) & cv::Rect({}, picture_.size());
  for (int y = visible.y; y < visible.y + visible.height; ++y) {
    const auto* from = mask.ptr<std::uint8_t>(y - place.y) + (visible.x - place.x);
    auto* to = picture_.ptr<std::uint8_t>(y) + 3 * static_cast<std::ptrdiff_t>(visible.x);
    for (int x = 0; x < visible.width; ++x, to += 3) {
      const int share = from[x] + (from[x] >> 7);
      if (share == 0) continue;
      for (int c = 0; c < 3; ++c) {
        to[c] = static_cast<std::uint8_t>(to[c] + (opaque.bgr[c] - to[c]) * share / 256);
      }
    }
  }
}

Canvas::Paint Canvas::paint(Colour colour, double opacity) {
  return {{static_cast<std::uint8_t>(colour.blue), static_cast<std::uint8_t>(colour.green),
           static_cast<std::uint8_t>(colour.red)},
          static_cast<int>(std::lround(256 * std::clamp(opacity, 0.0, 1.0)))};
}

void Canvas::blend_pixel(int x, int y, const Paint& paint, double coverage) {
  if (x < 0 || x >= picture_.cols || coverage <= 0) return;
  auto* to = picture_.ptr<std::uint8_t>(y) + 3 * static_cast<std::ptrdiff_t>(x);
  const int share = static_cast<int>(std::lround(paint.strength * coverage));
  for (int c = 0; c < 3; ++c) {
    to[c] = static_cast<std::uint8_t>(to[c] + (paint.bgr[c] - to[c]) * share / 256);
  }
}

void Canvas::prepare_row(const Paint& paint, int width) {
  row_.resize(3 * static_cast<std::size_t>(std::min(width, picture_.cols)));
  for (std::size_t i = 0; i < row_.size(); ++i) {
    row_[i] = static_cast<std::uint16_t>(paint.bgr[i % 3] * paint.strength);
  }
}

void Canvas::blend_row(int left, int right, int y, const Paint& paint) {
  const int first = std::max(left, 0);
  const int count = 3 * (std::min(right, picture_.cols) - first);
  auto* to = picture_.ptr<std::uint8_t>(y) + 3 * static_cast<std::ptrdiff_t>(first);
  const auto below = static_cast<std::uint16_t>(256 - paint.strength);
  const auto* added = row_.data();
  for (int i = 0; i < count; ++i) {
    // No sum is above 255 * 256, so 16 bits hold it, and eight values fit a register.
    to[i] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(to[i] * below + added[i]) >> 8);
  }
}

}  // namespace mien
