#include "train/detection/pixels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace mien::train {
namespace {

using Byte = std::uint8_t;
using Colour = std::array<Byte, 3>;

constexpr int kChannels = 3;
constexpr int kSmallestLevel = 16;

Byte to_byte(double value) { return static_cast<Byte>(std::clamp(value, 0.0, 255.0) + 0.5); }

Byte* row_of(Image& image, int y) {
  return image.pixels().data() +
         static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width()) * kChannels;
}

Image half(const Image& image) {
  Image smaller(image.width() / 2, image.height() / 2, PixelFormat::bgr);
  const auto view = image.view();
  for (int y = 0; y < smaller.height(); ++y) {
    const Byte* upper = view.row(2 * y);
    const Byte* lower = view.row(2 * y + 1);
    Byte* out = row_of(smaller, y);
    for (int x = 0; x < smaller.width(); ++x, upper += 6, lower += 6, out += 3) {
      for (int c = 0; c < kChannels; ++c) {
        out[c] = static_cast<Byte>((upper[c] + upper[c + 3] + lower[c] + lower[c + 3] + 2) / 4);
      }
    }
  }
  return smaller;
}

Colour random_colour(Random& random) {
  const auto any = [&] { return to_byte(uniform(random, 0, 255)); };
  return {any(), any(), any()};
}

void fill(Image& canvas, const Region& region, const Colour& colour) {
  for (int y = region.top; y < region.bottom; ++y) {
    Byte* out = row_of(canvas, y) + region.left * kChannels;
    for (int x = region.left; x < region.right; ++x, out += kChannels) {
      std::copy(colour.begin(), colour.end(), out);
    }
  }
}

Region random_region(const Image& canvas, Random& random) {
  const auto side = [&](int length) {
    const double first = uniform(random, 0, length);
    const double second = uniform(random, 0, length);
    return std::pair(static_cast<int>(std::min(first, second)),
                     static_cast<int>(std::max(first, second)));
  };
  const auto [left, right] = side(canvas.width());
  const auto [top, bottom] = side(canvas.height());
  return {left, top, right, bottom};
}

void fill_ellipse(Image& canvas, const Region& region, const Colour& colour) {
  const double centre_x = 0.5 * (region.left + region.right);
  const double centre_y = 0.5 * (region.top + region.bottom);
  const double radius_x = std::max(0.5, 0.5 * (region.right - region.left));
  const double radius_y = std::max(0.5, 0.5 * (region.bottom - region.top));
  for (int y = region.top; y < region.bottom; ++y) {
    const double dy = (y + 0.5 - centre_y) / radius_y;
    const double reach = radius_x * std::sqrt(std::max(0.0, 1 - dy * dy));
    fill(canvas, {static_cast<int>(centre_x - reach), y, static_cast<int>(centre_x + reach), y + 1},
         colour);
  }
}

void draw_stripes(Image& canvas, const Region& region, Random& random) {
  const double angle = uniform(random, 0, std::numbers::pi);
  const double period = uniform(random, 3, 40);
  const auto first = random_colour(random);
  const auto second = random_colour(random);
  const double across = std::cos(angle) * 2 * std::numbers::pi / period;
  const double down = std::sin(angle) * 2 * std::numbers::pi / period;
  for (int y = region.top; y < region.bottom; ++y) {
    Byte* out = row_of(canvas, y) + region.left * kChannels;
    for (int x = region.left; x < region.right; ++x, out += kChannels) {
      const double share = 0.5 + 0.5 * std::sin(x * across + y * down);
      for (std::size_t c = 0; c < kChannels; ++c) {
        out[c] = to_byte(share * first[c] + (1 - share) * second[c]);
      }
    }
  }
}

/// Normally distributed numbers to be read from any place on: drawing new ones for every pixel
/// would cost more than the training step.
const std::vector<float>& noise_table() {
  static const std::vector<float> table = [] {
    std::vector<float> values(1 << 16);
    Random random(1);
    std::normal_distribution<float> normal;
    for (auto& value : values) value = normal(random);
    return values;
  }();
  return table;
}

}  // namespace

double uniform(Random& random, double lowest, double highest) {
  // Not std::uniform_real_distribution: its numbers differ between libraries.
  return lowest + (highest - lowest) * (static_cast<double>(random()) / 4294967296.0);
}

bool chance(Random& random, double probability) { return uniform(random, 0, 1) < probability; }

Pyramid::Pyramid(Image picture) {
  levels_.push_back(std::move(picture));
  while (std::min(levels_.back().width(), levels_.back().height()) >= 2 * kSmallestLevel) {
    levels_.push_back(half(levels_.back()));
  }
}

void Placement::to_canvas(double& x, double& y) const {
  const double across = (x - source_x) * scale * (mirrored ? -1 : 1);
  const double down = (y - source_y) * scale;
  x = canvas_x + across * std::cos(angle) - down * std::sin(angle);
  y = canvas_y + across * std::sin(angle) + down * std::cos(angle);
}

void draw(const Pyramid& picture, const Placement& placement, int coarser, const Region& region,
          const std::uint8_t* outside, Image& canvas) {
  constexpr double kLargestStep = 1.5;  // bilinear sampling sees two pixels of a row
  int index = 0;
  double level_scale = 1;
  while (index + 1 < picture.levels() && level_scale / placement.scale > kLargestStep) {
    ++index;
    level_scale /= 2;
  }
  for (; coarser > 0 && index + 1 < picture.levels(); --coarser, ++index) level_scale /= 2;
  const auto level = picture.level(index).view();

  const double step = level_scale / placement.scale;
  const auto step_x = static_cast<float>(step * std::cos(placement.angle));
  const auto step_y = static_cast<float>(step * std::sin(placement.angle));
  const float mirror = placement.mirrored ? -1.0F : 1.0F;
  // A picture of one row or column has no neighbours.
  const std::ptrdiff_t below = level.height > 1 ? level.stride : 0;
  const std::ptrdiff_t right = level.width > 1 ? kChannels : 0;
  const auto right_end = static_cast<float>(level.width - 1);
  const auto bottom_end = static_cast<float>(level.height - 1);
  for (int y = region.top; y < region.bottom; ++y) {
    const auto dy = static_cast<float>(y + 0.5 - placement.canvas_y);
    Byte* out = row_of(canvas, y) + region.left * kChannels;
    for (int x = region.left; x < region.right; ++x, out += kChannels) {
      const auto dx = static_cast<float>(x + 0.5 - placement.canvas_x);
      // The canvas's axes in the picture: turned back, mirrored back.
      float u = static_cast<float>(placement.source_x * level_scale) - 0.5F +
                mirror * (dx * step_x + dy * step_y);
      float v =
          static_cast<float>(placement.source_y * level_scale) - 0.5F - dx * step_y + dy * step_x;
      if (u < -0.5F || v < -0.5F || u > right_end + 0.5F || v > bottom_end + 0.5F) {
        out[0] = outside[0];
        out[1] = outside[1];
        out[2] = outside[2];
        continue;
      }
      u = std::clamp(u, 0.0F, right_end);
      v = std::clamp(v, 0.0F, bottom_end);
      const int left = std::max(0, std::min(static_cast<int>(u), level.width - 2));
      const int top = std::max(0, std::min(static_cast<int>(v), level.height - 2));
      const float a = u - static_cast<float>(left);
      const float b = v - static_cast<float>(top);
      const Byte* upper = level.row(top) + left * kChannels;
      const Byte* lower = upper + below;
      for (int c = 0; c < kChannels; ++c) {
        const auto first = static_cast<float>(upper[c]);
        const auto third = static_cast<float>(lower[c]);
        const float high = first + a * (static_cast<float>(upper[c + right]) - first);
        const float low = third + a * (static_cast<float>(lower[c + right]) - third);
        out[c] = static_cast<Byte>(high + b * (low - high) + 0.5F);
      }
    }
  }
}

void change_colours(Image& canvas, Random& random) {
  const auto saturation = static_cast<float>(uniform(random, 0.4, 1.5));
  const double contrast = uniform(random, 0.55, 1.45);
  const double brightness = uniform(random, -45, 45);
  const double gamma = std::exp(uniform(random, -0.4, 0.4));
  std::array<std::array<float, 256>, kChannels> levels{};
  for (auto& channel : levels) {
    const double tint = uniform(random, 0.85, 1.15);
    for (std::size_t i = 0; i < channel.size(); ++i) {
      const double value = 255 * std::pow(static_cast<double>(i) / 255, gamma);
      channel[i] = static_cast<float>((value - 128) * contrast * tint + 128 + brightness);
    }
  }
  auto pixels = canvas.pixels();
  for (std::size_t i = 0; i + 2 < pixels.size(); i += kChannels) {
    const float blue = levels[0][pixels[i]];
    const float green = levels[1][pixels[i + 1]];
    const float red = levels[2][pixels[i + 2]];
    const float gray = 0.114F * blue + 0.587F * green + 0.299F * red;
    const auto mixed = [&](float value) {
      return static_cast<Byte>(std::clamp(gray + saturation * (value - gray), 0.0F, 255.0F));
    };
    pixels[i] = mixed(blue);
    pixels[i + 1] = mixed(green);
    pixels[i + 2] = mixed(red);
  }
}

void make_gray(Image& canvas) {
  auto pixels = canvas.pixels();
  for (std::size_t i = 0; i + 2 < pixels.size(); i += kChannels) {
    const int gray = (29 * pixels[i] + 150 * pixels[i + 1] + 77 * pixels[i + 2] + 128) / 256;
    pixels[i] = pixels[i + 1] = pixels[i + 2] = static_cast<Byte>(gray);
  }
}

void blur(Image& canvas, int times) {
  const int width = canvas.width();
  const int height = canvas.height();
  std::vector<Byte> copy(canvas.pixels().size());
  for (int i = 0; i < times; ++i) {
    std::copy(canvas.pixels().begin(), canvas.pixels().end(), copy.begin());
    const auto source = [&](int x, int y) {
      return copy.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x)) *
                               kChannels;
    };
    for (int y = 1; y + 1 < height; ++y) {
      Byte* out = row_of(canvas, y) + kChannels;
      for (int x = 1; x + 1 < width; ++x, out += kChannels) {
        for (int c = 0; c < kChannels; ++c) {
          int sum = 0;
          for (int dy = -1; dy <= 1; ++dy) {
            const Byte* row = source(x - 1, y + dy) + c;
            sum += row[0] + row[3] + row[6];
          }
          out[c] = static_cast<Byte>((sum + 4) / 9);
        }
      }
    }
  }
}

void add_noise(Image& canvas, double deviation, Random& random) {
  const auto& table = noise_table();
  const auto scale = static_cast<float>(deviation);
  std::size_t place = random();
  for (auto& value : canvas.pixels()) {
    const float noisy = static_cast<float>(value) + scale * table[place++ % table.size()];
    value = static_cast<Byte>(std::clamp(noisy, 0.0F, 255.0F));
  }
}

void cover(Image& canvas, const Region& region, Random& random) {
  if (chance(random, 0.7)) {
    fill(canvas, region, random_colour(random));
    return;
  }
  for (int y = region.top; y < region.bottom; ++y) {
    Byte* out = row_of(canvas, y) + region.left * kChannels;
    for (int i = 0; i < (region.right - region.left) * kChannels; ++i) {
      out[i] = static_cast<Byte>(random() >> 24);
    }
  }
}

void draw_shapes(Image& canvas, Random& random) {
  const Region all{0, 0, canvas.width(), canvas.height()};
  if (chance(random, 0.5)) {
    fill(canvas, all, random_colour(random));
  } else {
    draw_stripes(canvas, all, random);
  }
  const auto shapes = static_cast<int>(uniform(random, 0, 25));
  for (int i = 0; i < shapes; ++i) {
    const auto region = random_region(canvas, random);
    const double kind = uniform(random, 0, 1);
    if (kind < 0.4) {
      fill(canvas, region, random_colour(random));
    } else if (kind < 0.8) {
      fill_ellipse(canvas, region, random_colour(random));
    } else {
      draw_stripes(canvas, region, random);
    }
  }
  if (chance(random, 0.4)) add_noise(canvas, uniform(random, 2, 60), random);
  if (chance(random, 0.3)) blur(canvas, 2);
}

}  // namespace mien::train
