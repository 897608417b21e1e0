#include "output/canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mien {
namespace {

/// Shapes are drawn this many times larger and then reduced, which makes clean edges at any size.
constexpr int kOversampling = 4;
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
/// A capital letter of OpenCV's Hershey fonts at scale 1, in pixels.
constexpr double kCapitalHeight = 21;

double font_scale(int height) { return kOversampling * height / kCapitalHeight; }

int stroke(int height) {
  return std::max(1, static_cast<int>(std::lround(0.15 * kOversampling * height)));
}

cv::Mat reduced(const cv::Mat& large) {
  cv::Mat mask;
  cv::resize(large, mask, {}, 1.0 / kOversampling, 1.0 / kOversampling, cv::INTER_AREA);
  return mask;
}

void draw_rounded(cv::Mat& mask, const cv::Rect& box, int radius, int value) {
  const int r = std::clamp(radius, 0, std::min(box.width, box.height) / 2);
  const auto centre = cv::Scalar::all(value);
  cv::rectangle(mask, {box.x + r, box.y, box.width - 2 * r, box.height}, centre, cv::FILLED);
  cv::rectangle(mask, {box.x, box.y + r, box.width, box.height - 2 * r}, centre, cv::FILLED);
  for (const int x : {box.x + r, box.x + box.width - 1 - r}) {
    for (const int y : {box.y + r, box.y + box.height - 1 - r}) {
      cv::circle(mask, {x, y}, r, centre, cv::FILLED);
    }
  }
}

}  // namespace

Canvas::Canvas(Image& picture)
    : picture_(picture.height(), picture.width(), CV_8UC3, picture.pixels().data()) {}

void Canvas::fill(const Box& box, int radius, Colour colour, double opacity) {
  if (area(box) == 0) return;
  cv::Mat large(box.height * kOversampling, box.width * kOversampling, CV_8U, cv::Scalar(0));
  draw_rounded(large, {{}, large.size()}, radius * kOversampling, 255);
  blend(reduced(large), {box.x, box.y}, colour, opacity);
}

void Canvas::outline(const Box& box, int radius, Colour colour, int thickness) {
  if (area(box) == 0) return;
  cv::Mat mask(box.height, box.width, CV_8U, cv::Scalar(0));
  draw_rounded(mask, {{}, mask.size()}, radius, 255);
  const cv::Rect inside(thickness, thickness, box.width - 2 * thickness,
                        box.height - 2 * thickness);
  if (!inside.empty()) draw_rounded(mask, inside, radius - thickness, 0);
  cv::GaussianBlur(mask, mask, {3, 3}, 0.5);
  blend(mask, {box.x, box.y}, colour, 1);
}

void Canvas::text(const std::string& text, int left, int baseline, int height, Colour colour) {
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
  blend(reduced(large), {left - edge / kOversampling, baseline - base / kOversampling}, colour, 1);
}

int Canvas::text_width(const std::string& text, int height) {
  int below = 0;
  const auto size = cv::getTextSize(text, kFont, font_scale(height), stroke(height), &below);
  return size.width / kOversampling + 1;
}

void Canvas::blend(const cv::Mat& mask, cv::Point place, Colour colour, double opacity) {
  const cv::Rect visible = cv::Rect(place, mask.size()) & cv::Rect({}, picture_.size());
  const int bgr[] = {colour.blue, colour.green, colour.red};
  const int strength = static_cast<int>(std::lround(256 * opacity));
  for (int y = visible.y; y < visible.y + visible.height; ++y) {
    const auto* from = mask.ptr<std::uint8_t>(y - place.y) + (visible.x - place.x);
    auto* to = picture_.ptr<cv::Vec3b>(y) + visible.x;
    for (int x = 0; x < visible.width; ++x) {
      const int share = from[x] * strength / 255;
      for (int c = 0; c < 3; ++c) {
        to[x][c] = static_cast<std::uint8_t>(to[x][c] + (bgr[c] - to[x][c]) * share / 256);
      }
    }
  }
}

}  // namespace mien
