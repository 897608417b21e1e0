#include "vision/tracking/box_filter.h"

#include <cmath>

namespace mien {
namespace {

constexpr double square(double value) { return value * value; }

// Of a face's size, and of the logarithms of size and aspect: how far a detector's boxes are off,
// and how fast a face may move before it was seen to move.
constexpr double kPlaceNoise = square(0.05);
constexpr double kSizeNoise = square(0.08);
constexpr double kAspectNoise = square(0.08);
constexpr double kSpeed = square(1.5);
constexpr double kGrowth = square(0.5);
constexpr double kAspectChange = square(0.2);

constexpr double kUnsteadyPlace = 2;
constexpr Motion kSize = {1, 1};
constexpr Motion kAspect = {0.05, 0.2};
constexpr double kPersistence = 4;

}  // namespace

BoxShape shape_of(const Box& box) {
  const double width = box.width;
  const double height = box.height;
  return {box.x + width / 2, box.y + height / 2, std::log(width * height) / 2,
          std::log(width / height)};
}

Box box_of(const BoxShape& shape) {
  const double size = std::exp(shape.log_size);
  const double stretch = std::exp(shape.log_aspect / 2);
  const auto whole = [](double value) { return static_cast<int>(std::lround(value)); };
  return {whole(shape.x - size * stretch / 2), whole(shape.y - size / stretch / 2),
          whole(size * stretch), whole(size / stretch)};
}

BoxFilter::BoxFilter(const Box& box)
    : x_(shape_of(box).x, kPlaceNoise * static_cast<double>(area(box)),
         kSpeed * static_cast<double>(area(box))),
      y_(shape_of(box).y, kPlaceNoise * static_cast<double>(area(box)),
         kSpeed * static_cast<double>(area(box))),
      log_size_(shape_of(box).log_size, kSizeNoise, kGrowth),
      log_aspect_(shape_of(box).log_aspect, kAspectNoise, kAspectChange) {}

void BoxFilter::predict(double seconds) {
  const Motion place = {kUnsteadyPlace * square(size()), kPersistence};
  x_.predict(seconds, place);
  y_.predict(seconds, place);
  log_size_.predict(seconds, kSize);
  log_aspect_.predict(seconds, kAspect);
}

void BoxFilter::correct(const Box& box) {
  const auto seen = shape_of(box);
  const double noise = kPlaceNoise * static_cast<double>(area(box));
  x_.correct(seen.x, noise);
  y_.correct(seen.y, noise);
  log_size_.correct(seen.log_size, kSizeNoise);
  log_aspect_.correct(seen.log_aspect, kAspectNoise);
}

BoxShape BoxFilter::shape() const {
  return {x_.value(), y_.value(), log_size_.value(), log_aspect_.value()};
}

double BoxFilter::size() const { return std::exp(log_size_.value()); }

double BoxFilter::uncertainty() const { return std::sqrt(x_.variance()); }

}  // namespace mien
