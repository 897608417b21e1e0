#include "mien/preprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::array<std::pair<Contrast, std::string_view>, 3> kContrasts = {
    {{Contrast::none, "none"}, {Contrast::equalise, "equalise"}, {Contrast::binarise, "binarise"}}};

constexpr std::array<std::pair<Normalisation, std::string_view>, 3> kNormalisations = {
    {{Normalisation::unit, "unit"},
     {Normalisation::symmetric, "symmetric"},
     {Normalisation::standardise, "standardise"}}};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  throw Error(ErrorCode::internal, "preprocessing: unknown choice");
}

template <typename Value, std::size_t n>
std::optional<Value> value_in(const std::array<std::pair<Value, std::string_view>, n>& table,
                              std::string_view name) {
  for (const auto& [value, candidate] : table) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

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
float gray_at(const ImageView& picture, int x, int y) {
  const auto* row = picture.row(y);
  if (picture.format == PixelFormat::gray) return row[x];
  const auto* pixel = row + 3 * static_cast<std::ptrdiff_t>(x);
  return 0.114F * static_cast<float>(pixel[0]) + 0.587F * static_cast<float>(pixel[1]) +
         0.299F * static_cast<float>(pixel[2]);
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

std::array<std::size_t, 256> histogram(std::span<const std::uint8_t> pixels) {
  std::array<std::size_t, 256> counts{};
  for (const auto pixel : pixels) ++counts[pixel];
  return counts;
}

void equalise(std::span<std::uint8_t> pixels) {
  const auto counts = histogram(pixels);
  const auto lowest = static_cast<std::size_t>(
      std::find_if(counts.begin(), counts.end(), [](auto n) { return n > 0; }) - counts.begin());
  const auto rest = static_cast<double>(pixels.size() - counts[lowest]);
  if (rest == 0) return;  // one gray level only: nothing to spread
  std::array<std::uint8_t, 256> mapped{};
  std::size_t below = 0;
  for (std::size_t level = lowest + 1; level < counts.size(); ++level) {
    below += counts[level];
    mapped[level] =
        static_cast<std::uint8_t>(std::lround(255.0 * static_cast<double>(below) / rest));
  }
  for (auto& pixel : pixels) pixel = mapped[pixel];
}

int otsu_threshold(std::span<const std::uint8_t> pixels) {
  const auto counts = histogram(pixels);
  const auto total = static_cast<double>(pixels.size());
  double sum = 0;
  for (std::size_t level = 0; level < counts.size(); ++level) {
    sum += static_cast<double>(level * counts[level]);
  }
  double dark_count = 0;
  double dark_sum = 0;
  double best_variance = -1;
  int best = 0;
  for (std::size_t level = 0; level < counts.size(); ++level) {
    dark_count += static_cast<double>(counts[level]);
    dark_sum += static_cast<double>(level * counts[level]);
    const double light_count = total - dark_count;
    if (dark_count == 0 || light_count == 0) continue;
    const double difference = dark_sum / dark_count - (sum - dark_sum) / light_count;
    const double variance = dark_count * light_count * difference * difference;
    if (variance > best_variance) {
      best_variance = variance;
      best = static_cast<int>(level);
    }
  }
  return best;
}

void standardise(std::span<float> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const auto value : values) squares += (value - mean) * (value - mean);
  // The floor of one gray level keeps a blank picture blank instead of amplifying its noise.
  const double deviation = std::max(1.0, std::sqrt(squares / count));
  for (auto& value : values) value = static_cast<float>((value - mean) / deviation);
}

}  // namespace

std::string_view name(Contrast contrast) { return name_in(kContrasts, contrast); }
std::string_view name(Normalisation normalisation) {
  return name_in(kNormalisations, normalisation);
}
std::optional<Contrast> contrast_from_name(std::string_view name) {
  return value_in(kContrasts, name);
}
std::optional<Normalisation> normalisation_from_name(std::string_view name) {
  return value_in(kNormalisations, name);
}

Box crop_box(const Box& face, const Preprocessing& preprocessing) {
  const double side = std::max(face.width, face.height);
  const double crop_side = std::max(1.0, side * preprocessing.margin);
  const double centre_x = face.x + face.width / 2.0;
  const double centre_y = face.y + face.height / 2.0 + side * preprocessing.shift_down;
  const int rounded = static_cast<int>(std::lround(crop_side));
  return {static_cast<int>(std::lround(centre_x - crop_side / 2)),
          static_cast<int>(std::lround(centre_y - crop_side / 2)), rounded, rounded};
}

Image crop_face(const ImageView& picture, const Box& face, const Preprocessing& preprocessing) {
  if (picture.empty()) throw Error(ErrorCode::internal, "crop_face: the picture is empty");
  const Box crop = crop_box(face, preprocessing);
  const auto columns = resampling_taps(crop.x, crop.width, preprocessing.width);
  const auto rows = resampling_taps(crop.y, crop.height, preprocessing.height);

  const int first_row = rows.front().first;
  const int last_row = rows.back().first + static_cast<int>(rows.back().weights.size()) - 1;
  const auto width = static_cast<std::size_t>(preprocessing.width);
  std::vector<float> narrowed(static_cast<std::size_t>(last_row - first_row + 1) * width);
  for (int y = first_row; y <= last_row; ++y) {
    const int source_y = std::clamp(y, 0, picture.height - 1);
    for (std::size_t x = 0; x < width; ++x) {
      float sum = 0;
      int source_x = columns[x].first;
      for (const auto weight : columns[x].weights) {
        sum += weight * gray_at(picture, std::clamp(source_x++, 0, picture.width - 1), source_y);
      }
      narrowed[static_cast<std::size_t>(y - first_row) * width + x] = sum;
    }
  }

  Image result(preprocessing.width, preprocessing.height, PixelFormat::gray);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      float sum = 0;
      auto index = static_cast<std::size_t>(rows[y].first - first_row) * width + x;
      for (const auto weight : rows[y].weights) {
        sum += weight * narrowed[index];
        index += width;
      }
      result.pixels()[y * width + x] = to_byte(sum);
    }
  }
  return result;
}

void apply(Contrast contrast, std::span<std::uint8_t> pixels) {
  if (pixels.empty() || contrast == Contrast::none) return;
  if (contrast == Contrast::equalise) return equalise(pixels);
  const int threshold = otsu_threshold(pixels);
  for (auto& pixel : pixels) pixel = pixel > threshold ? 255 : 0;
}

void apply(Normalisation normalisation, std::span<float> values) {
  switch (normalisation) {
    case Normalisation::unit:
      for (auto& value : values) value /= 255.0F;
      return;
    case Normalisation::symmetric:
      for (auto& value : values) value = value / 127.5F - 1.0F;
      return;
    case Normalisation::standardise:
      if (!values.empty()) standardise(values);
      return;
  }
}

void prepare_input(std::span<const std::uint8_t> gray, const Preprocessing& preprocessing,
                   std::span<float> input) {
  const auto size = static_cast<std::size_t>(preprocessing.width) *
                    static_cast<std::size_t>(preprocessing.height);
  if (gray.size() != size || input.size() != size) {
    throw Error(ErrorCode::internal, "prepare_input: the face does not have the model's size");
  }
  std::vector<std::uint8_t> adjusted(gray.begin(), gray.end());
  apply(preprocessing.contrast, adjusted);
  std::copy(adjusted.begin(), adjusted.end(), input.begin());
  apply(preprocessing.normalisation, input);
}

}  // namespace mien
