#include "train/attributes/face_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "mien/face_crop.h"
#include "train/detection/pixels.h"
#include "train/jpeg_pictures.h"

namespace mien::train {
namespace {

int uniform_integer(Random& random, int lowest, int highest) {
  return std::uniform_int_distribution<int>(lowest, highest)(random);
}

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

FaceCrop shaken(const ImageView& face, const FaceViewOptions& options, Random& random) {
  auto crop = whole_picture(face);
  const double reach = options.translation * crop.side;
  crop.centre_x += uniform(random, -reach, reach);
  crop.centre_y += uniform(random, -reach, reach);
  crop.side *= uniform(random, 1 - options.scale, 1 + options.scale);
  const double turn = options.rotation * std::numbers::pi / 180;
  crop.roll = uniform(random, -turn, turn);
  return crop;
}

void mirror(Image& picture) {
  const auto pixels = picture.pixels();
  for (auto row = pixels.begin(); row != pixels.end(); row += picture.width()) {
    std::reverse(row, row + picture.width());
  }
}

/// Brightness and contrast about the mean, and a gamma that darkens or lightens the middle.
void light(Image& picture, const FaceViewOptions& options, Random& random) {
  const double shift = 255 * uniform(random, -options.brightness, options.brightness);
  const double factor = uniform(random, 1 - options.contrast, 1 + options.contrast);
  const double gamma = std::exp(uniform(random, -options.contrast, options.contrast));
  std::array<std::uint8_t, 256> mapped{};
  for (std::size_t level = 0; level < mapped.size(); ++level) {
    const double bent = 255 * std::pow(static_cast<double>(level) / 255, gamma);
    mapped[level] = to_byte((bent - 128) * factor + 128 + shift);
  }
  for (auto& pixel : picture.pixels()) pixel = mapped[pixel];
}

void add_gray_noise(Image& picture, Random& random) {
  constexpr double kStrongest = 12;  // gray levels
  std::normal_distribution<double> noise(0, uniform(random, 1, kStrongest));
  for (auto& pixel : picture.pixels()) pixel = to_byte(pixel + noise(random));
}

/// A rectangle of noise (Zhong et al., 2017, "Random Erasing Data Augmentation").
void erase(Image& picture, Random& random) {
  constexpr double kSmallest = 0.02;  // of the picture
  constexpr double kLargest = 0.15;
  constexpr double kLongest = 3;
  const double area = uniform(random, kSmallest, kLargest) * picture.width() * picture.height();
  const double shape = std::exp(uniform(random, -std::log(kLongest), std::log(kLongest)));
  const int width = std::clamp(static_cast<int>(std::sqrt(area * shape)), 1, picture.width());
  const int height = std::clamp(static_cast<int>(std::sqrt(area / shape)), 1, picture.height());
  const int left = uniform_integer(random, 0, picture.width() - width);
  const int top = uniform_integer(random, 0, picture.height() - height);
  for (int y = top; y < top + height; ++y) {
    auto* pixel = picture.pixels().data() + static_cast<std::ptrdiff_t>(y) * picture.width() + left;
    std::generate_n(pixel, width,
                    [&] { return static_cast<std::uint8_t>(uniform_integer(random, 0, 255)); });
  }
}

}  // namespace

Image viewed(const ImageView& face, const FaceViewOptions& options, int width, int height,
             Random& random) {
  const auto crop = shaken(face, options, random);
  const bool is_small = chance(random, options.low_resolution);
  const double share = is_small ? uniform(random, options.smallest_share, 1) : 1;
  const auto seen = [share](int side) {
    return std::max(8, static_cast<int>(std::lround(side * share)));
  };
  auto view = crop_face(face, crop, seen(width), seen(height));
  if (chance(random, options.noise)) add_gray_noise(view, random);
  if (chance(random, options.jpeg)) view = compressed(view.view(), uniform_integer(random, 20, 80));
  if (is_small) view = crop_face(view.view(), whole_picture(view.view()), width, height);
  if (chance(random, options.flip)) mirror(view);
  if (chance(random, options.light)) light(view, options, random);
  if (chance(random, options.erase)) erase(view, random);
  return view;
}

}  // namespace mien::train
