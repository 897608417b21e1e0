#include "core/resampling.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace mien {
namespace {

/// The source pixels that one target pixel is made of, with weights that sum to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

/// A triangle filter as wide as the scale, but never narrower than two pixels: bilinear when
/// enlarging, every source pixel counted when reducing.
std::vector<Taps> resampling_taps(double start, double length, int target_size) {
  const double scale = length / target_size;
  const double radius = std::max(1.0, scale);
  std::vector<Taps> all(static_cast<std::size_t>(target_size));
  for (int i = 0; i < target_size; ++i) {
    const double centre = start + (i + 0.5) * scale - 0.5;
    auto& taps = all[static_cast<std::size_t>(i)];
    taps.first = static_cast<int>(std::floor(centre - radius)) + 1;
    const int last = static_cast<int>(std::ceil(centre + radius)) - 1;
    for (int source = taps.first; source <= last; ++source) {
      taps.weights.push_back(static_cast<float>(1.0 - std::abs(source - centre) / radius));
    }
    const float sum = std::accumulate(taps.weights.begin(), taps.weights.end(), 0.0F);
    for (auto& weight : taps.weights) weight /= sum;
  }
  return all;
}

/// ITU-R BT.601 luma, as OpenCV's BGR2GRAY.
float luma(const std::uint8_t* pixel) {
  return 0.114F * static_cast<float>(pixel[0]) + 0.587F * static_cast<float>(pixel[1]) +
         0.299F * static_cast<float>(pixel[2]);
}

float gray_at(const ImageView& picture, int x, int y) {
  const auto* row = picture.row(y);
  if (picture.format == PixelFormat::gray) return row[x];
  return luma(row + 3 * static_cast<std::ptrdiff_t>(x));
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

/// The same triangle filter at any place, to a 64th of a pixel, for evenly spaced places.
class TriangleFilter {
 public:
  explicit TriangleFilter(double step)
      : step_(step), reach_(static_cast<int>(std::ceil(std::max(1.0, step)))) {
    const double radius = std::max(1.0, step);
    weights_.reserve(static_cast<std::size_t>((kPhases + 1) * taps()));
    for (int phase = 0; phase <= kPhases; ++phase) {
      const auto first = static_cast<std::ptrdiff_t>(weights_.size());
      for (int tap = 1 - reach_; tap <= reach_; ++tap) {
        const double distance = std::abs(tap - static_cast<double>(phase) / kPhases);
        weights_.push_back(static_cast<float>(std::max(0.0, 1 - distance / radius)));
      }
      const float sum = std::accumulate(weights_.begin() + first, weights_.end(), 0.0F);
      std::for_each(weights_.begin() + first, weights_.end(), [sum](float& w) { w /= sum; });
    }
  }

  double step() const { return step_; }
  /// Values that it needs to either side of a place.
  int reach() const { return reach_; }

  /// The filtered value at `place`, from 0 the first of `line`. The line reaches far enough.
  float operator()(const float* line, double place) const {
    const auto whole = static_cast<int>(place);
    const auto phase = static_cast<int>((place - whole) * kPhases + 0.5);
    const float* weight = weights_.data() + static_cast<std::ptrdiff_t>(phase) * taps();
    const float* value = line + whole + 1 - reach_;
    float sum = 0;
    for (int tap = 0; tap < taps(); ++tap) sum += weight[tap] * value[tap];
    return sum;
  }

 private:
  static constexpr int kPhases = 64;

  int taps() const { return 2 * reach_; }

  double step_;
  int reach_;
  std::vector<float> weights_;  // of each phase in turn
};

/// A picture that is read along its rows or, turned by quarters, along its columns.
struct Lines {
  const std::uint8_t* first = nullptr;
  int length = 0;
  int count = 0;
  std::ptrdiff_t along = 0;   ///< bytes from one pixel of a line to the next
  std::ptrdiff_t across = 0;  ///< bytes from one line to the next
  PixelFormat format = PixelFormat::gray;

  explicit Lines(const ImageView& picture)
      : first(picture.data),
        length(picture.width),
        count(picture.height),
        along(picture.channels()),
        across(picture.stride),
        format(picture.format) {}

  /// Turns the picture counterclockwise by a quarter, and the part of it.
  void turn(FaceCrop& part) {
    first += (length - 1) * along;
    part = {part.centre_y, length - part.centre_x, part.side, part.roll - std::numbers::pi / 2};
    std::swap(length, count);
    std::swap(along, across);
    across = -across;
  }

  /// Gray values of a line from place `from` on, the edges continued.
  void read(int line, int from, std::span<float> values) const {
    const auto* pixels = first + std::clamp(line, 0, count - 1) * across;
    if (format == PixelFormat::bgr) {
      read(pixels, from, values, luma);
    } else {
      read(pixels, from, values, [](const std::uint8_t* p) { return static_cast<float>(*p); });
    }
  }

 private:
  template <typename Gray>
  void read(const std::uint8_t* pixels, int from, std::span<float> values, const Gray& gray) const {
    const auto size = static_cast<int>(values.size());
    const int begin = std::clamp(-from, 0, size);
    const int end = std::clamp(length - from, 0, size);
    const auto* pixel = pixels + (from + begin) * along;
    for (int i = begin; i < end; ++i, pixel += along) {
      values[static_cast<std::size_t>(i)] = gray(pixel);
    }
    std::fill(values.begin(), values.begin() + begin, gray(pixels));
    std::fill(values.begin() + end, values.end(), gray(pixels + (length - 1) * along));
  }
};

/// Sets the roll within a quarter about upright, by turning the picture.
Lines turned_to_upright(const ImageView& picture, FaceCrop& part) {
  constexpr double kPi = std::numbers::pi;
  part.roll = std::remainder(part.roll, 2 * kPi);
  if (part.roll < -kPi / 4) part.roll += 2 * kPi;
  Lines lines(picture);
  while (part.roll > kPi / 4) lines.turn(part);
  return lines;
}

}  // namespace

Image resample(const ImageView& picture, const Box& part, int width, int height) {
  const auto columns = resampling_taps(part.x, part.width, width);
  const auto rows = resampling_taps(part.y, part.height, height);

  const int first_row = rows.front().first;
  const int last_row = rows.back().first + static_cast<int>(rows.back().weights.size()) - 1;
  const auto narrow = static_cast<std::size_t>(width);
  std::vector<float> narrowed(static_cast<std::size_t>(last_row - first_row + 1) * narrow);
  for (int y = first_row; y <= last_row; ++y) {
    const int source_y = std::clamp(y, 0, picture.height - 1);
    for (std::size_t x = 0; x < narrow; ++x) {
      float sum = 0;
      int source_x = columns[x].first;
      for (const auto weight : columns[x].weights) {
        sum += weight * gray_at(picture, std::clamp(source_x++, 0, picture.width - 1), source_y);
      }
      narrowed[static_cast<std::size_t>(y - first_row) * narrow + x] = sum;
    }
  }

  Image result(width, height, PixelFormat::gray);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    for (std::size_t x = 0; x < narrow; ++x) {
      float sum = 0;
      auto index = static_cast<std::size_t>(rows[y].first - first_row) * narrow + x;
      for (const auto weight : rows[y].weights) {
        sum += weight * narrowed[index];
        index += narrow;
      }
      result.pixels()[y * narrow + x] = to_byte(sum);
    }
  }
  return result;
}

Image resample_turned(const ImageView& picture, const FaceCrop& part, int width, int height) {
  FaceCrop crop = part;
  const Lines lines = turned_to_upright(picture, crop);
  const double cosine = std::cos(crop.roll);
  const TriangleFilter across(crop.side / width / cosine);
  const TriangleFilter down(crop.side / height * cosine);
  const double x = crop.centre_x - 0.5;  // as an index: a pixel's centre is a whole number
  const double y = crop.centre_y - 0.5;
  const double half_width = (width - 1) / 2.0;
  const double half_height = (height - 1) / 2.0;
  const double fall = crop.side / width * std::sin(crop.roll);  // from one column to the next
  const double reach = std::abs(fall) * half_width + down.step() * half_height;
  const int top = static_cast<int>(std::floor(y - reach)) - down.reach();
  const int bottom = static_cast<int>(std::ceil(y + reach)) + down.reach();

  // One column after the other, each down the part's own height.
  const auto length = static_cast<std::size_t>(bottom - top + 1);
  std::vector<float> columns(static_cast<std::size_t>(width) * length);
  std::vector<float> line(static_cast<std::size_t>(std::ceil(across.step() * (width - 1))) +
                          2 * static_cast<std::size_t>(across.reach()) + 1);
  for (int row = top; row <= bottom; ++row) {
    const double start = x - (row - y) * std::tan(crop.roll) - across.step() * half_width;
    const int from = static_cast<int>(std::floor(start)) - across.reach();
    lines.read(row, from, line);
    auto* value = columns.data() + (row - top);
    for (int i = 0; i < width; ++i, value += length) {
      *value = across(line.data(), start - from + i * across.step());
    }
  }

  Image result(width, height, PixelFormat::gray);
  for (int i = 0; i < width; ++i) {
    const auto* column = columns.data() + static_cast<std::size_t>(i) * length;
    const double start = y - top + fall * (i - half_width) - down.step() * half_height;
    auto* pixel = result.pixels().data() + i;
    for (int j = 0; j < height; ++j, pixel += width) {
      *pixel = static_cast<std::uint8_t>(down(column, start + j * down.step()) + 0.5F);
    }
  }
  return result;
}

}  // namespace mien
