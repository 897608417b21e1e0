#include "inference/operators/resizing.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mien {
namespace {

using Place = Resizing::Place;
using Rounding = Resizing::Rounding;

template <typename Choice, std::size_t count>
Choice choice_of(const Node& node, const std::string& attribute, const std::string& otherwise,
                 const std::array<std::pair<const char*, Choice>, count>& known) {
  const auto text = node.text(attribute, otherwise);
  for (const auto& [name, choice] : known) {
    if (text == name) return choice;
  }
  unsupported(node, attribute + " " + text + " is not known to Mien");
}

constexpr std::array<std::pair<const char*, Place>, 4> kPlaces = {
    {{"half_pixel", Place::half_pixel},
     {"pytorch_half_pixel", Place::pytorch_half_pixel},
     {"asymmetric", Place::asymmetric},
     {"align_corners", Place::align_corners}}};
constexpr std::array<std::pair<const char*, Rounding>, 4> kRoundings = {
    {{"round_prefer_floor", Rounding::prefer_floor},
     {"round_prefer_ceil", Rounding::prefer_ceil},
     {"floor", Rounding::floor},
     {"ceil", Rounding::ceil}}};
constexpr std::array<std::pair<const char*, bool>, 2> kModes = {
    {{"nearest", false}, {"linear", true}}};

constexpr std::int64_t kLargest = 1 << 15;

bool has_values(Operands inputs, std::size_t index) {
  return index < inputs.size() && inputs[index].given() && element_count(*inputs[index].shape) > 0;
}

void set_sizes(const Node& node, Operands inputs, const Shape& input, Resizing& resizing) {
  const auto sizes = integers_of(node, inputs, 3, "sizes", {});
  if (sizes.size() != 4 || sizes[0] != input[0] || sizes[1] != input[1]) {
    fail(node, "its sizes do not fit its input");
  }
  resizing.height = sizes[2];
  resizing.width = sizes[3];
  resizing.scale_y = static_cast<double>(sizes[2]) / static_cast<double>(input[2]);
  resizing.scale_x = static_cast<double>(sizes[3]) / static_cast<double>(input[3]);
}

void set_scales(const Node& node, Operands inputs, const Shape& input, Resizing& resizing) {
  const Tensor* scales = has_values(inputs, 2) ? inputs[2].tensor : nullptr;
  if (scales == nullptr || scales->reals.size() != 4) unsupported(node, "its scales are not fixed");
  const auto& s = scales->reals;
  constexpr float kLargestScale = 64;
  const bool in_range = s[0] == 1 && s[1] == 1 && s[2] > 0 && s[3] > 0 && s[2] <= kLargestScale &&
                        s[3] <= kLargestScale;
  if (!in_range) fail(node, "its scales are out of range");
  resizing.scale_y = s[2];
  resizing.scale_x = s[3];
  resizing.height = static_cast<std::int64_t>(static_cast<double>(input[2]) * s[2]);
  resizing.width = static_cast<std::int64_t>(static_cast<double>(input[3]) * s[3]);
}

double place_of(Place kind, std::int64_t index, double scale, std::int64_t from, std::int64_t to) {
  const auto x = static_cast<double>(index);
  switch (kind) {
    case Place::asymmetric:
      return x / scale;
    case Place::align_corners:
      return to > 1 ? x * static_cast<double>(from - 1) / static_cast<double>(to - 1) : 0;
    case Place::pytorch_half_pixel:
      return to > 1 ? (x + 0.5) / scale - 0.5 : 0;
    case Place::half_pixel:
      break;
  }
  return (x + 0.5) / scale - 0.5;
}

std::int64_t rounded(Rounding kind, double x) {
  switch (kind) {
    case Rounding::floor:
      return static_cast<std::int64_t>(std::floor(x));
    case Rounding::ceil:
      return static_cast<std::int64_t>(std::ceil(x));
    case Rounding::prefer_ceil:
      return static_cast<std::int64_t>(std::floor(x + 0.5));
    case Rounding::prefer_floor:
      break;
  }
  return static_cast<std::int64_t>(std::ceil(x - 0.5));
}

/// The input rows or columns that one of the output is mixed of.
struct Tap {
  std::int64_t first, second;
  double weight;  ///< of the second
};

std::vector<Tap> taps_of(const Resizing& r, double scale, std::int64_t from, std::int64_t to) {
  std::vector<Tap> taps;
  const auto inside = [from](std::int64_t i) { return std::clamp<std::int64_t>(i, 0, from - 1); };
  for (std::int64_t i = 0; i < to; ++i) {
    const double place = place_of(r.place, i, scale, from, to);
    if (r.linear) {
      const auto below = static_cast<std::int64_t>(std::floor(place));
      taps.push_back({inside(below), inside(below + 1), place - static_cast<double>(below)});
    } else {
      const auto nearest = inside(rounded(r.rounding, place));
      taps.push_back({nearest, nearest, 0});
    }
  }
  return taps;
}

std::vector<Description> describe(const Node& node, Operands inputs) {
  check_floats(node, inputs.first(1));
  const auto resizing = resizing_of(node, inputs);
  const auto& input = *inputs[0].shape;
  return {{{input[0], input[1], resizing.height, resizing.width}}};
}

void compute(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto resizing = resizing_of(node, inputs);
  const auto& input = *inputs[0].tensor;
  const auto rows = taps_of(resizing, resizing.scale_y, input.shape[2], resizing.height);
  const auto columns = taps_of(resizing, resizing.scale_x, input.shape[3], resizing.width);
  std::size_t i = 0;
  for (std::int64_t channel = 0; channel < input.shape[0] * input.shape[1]; ++channel) {
    const float* from = input.reals.data() + channel * input.shape[2] * input.shape[3];
    for (const auto& row : rows) {
      const float* above = from + row.first * input.shape[3];
      const float* below = from + row.second * input.shape[3];
      for (const auto& column : columns) {
        const double top =
            above[column.first] * (1 - column.weight) + above[column.second] * column.weight;
        const double bottom =
            below[column.first] * (1 - column.weight) + below[column.second] * column.weight;
        outputs[0].reals[i++] = static_cast<float>(top * (1 - row.weight) + bottom * row.weight);
      }
    }
  }
}

constexpr std::array<Operator, 1> kOperators = {{{"Resize", 1, describe, compute}}};

}  // namespace

std::span<const Operator> resizing_operators() { return kOperators; }

Resizing resizing_of(const Node& node, Operands inputs) {
  const auto& input = *inputs[0].shape;
  if (input.size() != 4 || input[2] < 1 || input[3] < 1) {
    fail(node, "its input " + to_string(input) + " is no picture");
  }
  Resizing resizing;
  resizing.linear = choice_of(node, "mode", "nearest", kModes);
  resizing.place = choice_of(node, "coordinate_transformation_mode", "half_pixel", kPlaces);
  resizing.rounding = choice_of(node, "nearest_mode", "round_prefer_floor", kRoundings);
  if (has_values(inputs, 3)) {
    set_sizes(node, inputs, input, resizing);
  } else {
    set_scales(node, inputs, input, resizing);
  }
  if (std::min(resizing.height, resizing.width) < 1 ||
      std::max(resizing.height, resizing.width) > kLargest) {
    fail(node, "its output is out of range");
  }
  return resizing;
}

}  // namespace mien
