#include <algorithm>
#include <numeric>
#include <utility>

#include "random_nodes.h"
#include "random_shapes.h"

namespace mien::test {
namespace {

RandomCase concatenation(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  auto shape = maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto axis = pick(random, 0, rank - 1);
  std::vector<int> inputs;
  for (auto count = pick(random, 1, 4); count > 0; --count) {
    if (maybe(random)) {
      shape[static_cast<std::size_t>(axis)] = pick_of(random, Integers{1, 3, 8, 16, 32});
    }
    inputs.push_back(pick(random, 0, 4) == 0 ? maker.random_constant(shape, random)
                                             : maker.input(shape));
  }
  inputs.push_back(maker.node("Relu", {maker.input(shape)}));
  if (maybe(random)) inputs.push_back(inputs.front());
  maker.output(maker.node("Concat", inputs, {{"axis", maybe(random) ? axis : axis - rank}}));
  return made;
}

RandomCase padding(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 4));
  Integers pads;
  for (std::size_t i = 0; i < 2 * shape.size(); ++i) pads.push_back(pick(random, 0, 2));
  const bool behind_it = shape.size() == 4 && maybe(random);
  if (behind_it) pads[0] = pads[1] = pads[4] = pads[5] = 0;
  std::vector<int> inputs{maker.input(shape), maker.integers(pads)};
  if (maybe(random)) inputs.push_back(maker.constant({}, {maybe(random) ? 0.0F : 0.5F}));
  int value = maker.node("Pad", inputs);
  if (behind_it) {  // a convolution, of which a zero border becomes a part
    value = maker.node("Conv", {value, maker.random_constant({5, shape[1], 1, 1}, random)},
                       {{"pads", Integers{1, 0, 0, 1}}});
  }
  maker.output(value);
  return made;
}

/// Reshape, Flatten, Squeeze or Unsqueeze between computed values.
RandomCase reshaping(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  auto shape = random_picture(random);
  if (maybe(random)) shape[2] = shape[3] = 1;
  int value = maker.node("Relu", {maker.input(shape)});
  switch (pick(random, 0, 3)) {
    case 0:
      value = maker.node("Reshape", {value, maker.integers({0, -1, 1})});
      break;
    case 1:
      value = maker.node("Flatten", {value}, {{"axis", pick(random, 0, 4)}});
      break;
    case 2:
      value = maker.node("Squeeze", {value});
      break;
    default:
      value = maker.node("Unsqueeze", {value, maker.integers({pick(random, 0, 4)})});
  }
  maker.output(maker.node("Sigmoid", {value}));
  return made;
}

RandomCase transposing(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  Integers order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(pick(random, 0, static_cast<std::int64_t>(i) - 1))]);
  }
  maker.output(
      maker.node("Transpose", {maker.node("Relu", {maker.input(shape)})}, {{"perm", order}}));
  return made;
}

RandomCase slicing(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  Integers starts;
  Integers ends;
  Integers axes;
  Integers steps;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (maybe(random)) continue;
    axes.push_back(static_cast<std::int64_t>(axis));
    const bool back = pick(random, 0, 7) == 0;
    starts.push_back(back ? -1
                          : pick(random, 0, shape[axis] - 1) - (maybe(random) ? shape[axis] : 0));
    ends.push_back(back ? INT64_MIN : INT64_MAX);
    steps.push_back(back ? -1 : pick(random, 1, 3));
    made.supported = made.supported && !back;
  }
  if (axes.empty()) {
    axes = {0};
    starts = {0};
    ends = {1};
    steps = {1};
  }
  maker.output(
      maker.node("Slice", {maker.node("Relu", {maker.input(shape)}), maker.integers(starts),
                           maker.integers(ends), maker.integers(axes), maker.integers(steps)}));
  return made;
}

RandomCase splitting(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  auto shape = maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto axis = pick(random, 0, rank - 1);
  Integers parts;
  for (auto count = pick(random, 1, 4); count > 0; --count) parts.push_back(pick(random, 1, 5));
  shape[static_cast<std::size_t>(axis)] =
      std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
  const auto outputs = static_cast<int>(parts.size());
  const int first =
      maker.node("Split", {maker.node("Relu", {maker.input(shape)}), maker.integers(parts)},
                 {{"axis", maybe(random) ? axis : axis - rank}}, outputs);
  for (int i = 0; i < outputs; ++i) maker.output(first + i);
  return made;
}

}  // namespace

std::vector<RandomNode> random_rearrangements() {
  return {{"Concat", concatenation},  {"Pad", padding},   {"Reshape", reshaping},
          {"Transpose", transposing}, {"Slice", slicing}, {"Split", splitting}};
}

}  // namespace mien::test
