#include "mien/preprocessing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
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
  mien::apply(preprocessing.contrast, adjusted);
  std::copy(adjusted.begin(), adjusted.end(), input.begin());
  mien::apply(preprocessing.normalisation, input);
}

}  // namespace mien
