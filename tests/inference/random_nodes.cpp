#include "random_nodes.h"

#include <algorithm>
#include <utility>

#include "random_shapes.h"

namespace mien::test {
namespace {

struct WindowRanges {
  std::int64_t kernel = 4;
  std::int64_t dilation = 2;
  bool pads_up_to_kernel = false;  ///< else up to one less
};

/// The attributes of a random window, and a picture's sides that are large enough for it.
Attributes random_window(std::mt19937& random, const WindowRanges& ranges, Integers& kernel,
                         Integers& sides) {
  kernel = {pick(random, 1, ranges.kernel), pick(random, 1, ranges.kernel)};
  const Integers dilations{pick(random, 1, ranges.dilation), pick(random, 1, ranges.dilation)};
  Attributes attributes{{"strides", Integers{pick(random, 1, 3), pick(random, 1, 3)}},
                        {"dilations", dilations}};
  const auto kind = pick(random, 0, 5);
  Integers pads(4);
  if (kind <= 2) {
    for (std::size_t i = 0; i < 4; ++i) {
      pads[i] = pick(random, 0, kernel[i % 2] - (ranges.pads_up_to_kernel ? 0 : 1));
    }
    attributes["pads"] = pads;
  } else if (kind == 3) {
    attributes["auto_pad"] = pick_of<std::string>(random, {"SAME_UPPER", "SAME_LOWER"});
  } else if (kind == 4) {
    attributes["auto_pad"] = "VALID";
  }
  sides.clear();
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const auto fewest = std::max<std::int64_t>(1, reach - pads[axis] - pads[axis + 2]);
    sides.push_back(fewest + pick(random, 0, 9));
  }
  return attributes;
}

/// A convolution behind an input.
RandomCase convolution(std::mt19937& random, std::int64_t groups, std::int64_t in_each,
                       std::int64_t out_each) {
  RandomCase made;
  Integers kernel;
  Integers sides;
  auto attributes = random_window(random, {5, 3, true}, kernel, sides);
  attributes["group"] = groups;
  const int input = made.maker.input({pick(random, 1, 3), groups * in_each, sides[0], sides[1]});
  std::vector<int> inputs{input, made.maker.random_constant(
                                     {groups * out_each, in_each, kernel[0], kernel[1]}, random)};
  if (maybe(random)) inputs.push_back(made.maker.random_constant({groups * out_each}, random));
  made.maker.output(made.maker.node("Conv", inputs, attributes));
  return made;
}

RandomCase plain_convolution(std::mt19937& random) {
  const auto channels = [&] { return pick_of(random, Integers{1, 2, 3, 4, 7, 16, 24, 32}); };
  const auto in = channels();
  return convolution(random, 1, in, channels());
}

RandomCase grouped_convolution(std::mt19937& random) {
  const auto in = pick_of(random, Integers{1, 2, 3, 8, 16});
  return convolution(random, pick(random, 2, 5), in, pick_of(random, Integers{1, 2, 5, 8, 16}));
}

RandomCase depthwise_convolution(std::mt19937& random) {
  const auto channels = pick_of(random, Integers{2, 3, 7, 8, 16, 20, 32, 33});
  return convolution(random, channels, 1, pick(random, 1, 4) == 1 ? 2 : 1);
}

/// What Winograd's algorithm is taken for, and cases close to that.
RandomCase winograd_convolution(std::mt19937& random) {
  RandomCase made;
  const auto in = pick_of(random, Integers{16, 17, 20, 32, 48});
  const auto out = pick_of(random, Integers{16, 18, 32, 40});
  const Shape shape{pick(random, 1, 9), in, pick(random, 3, 13), pick(random, 3, 13)};
  const int input = made.maker.input(shape);
  const auto pad = pick(random, 0, 2);
  const auto other = maybe(random) ? pad : pick(random, 0, 2);
  const int value =
      made.maker.node("Conv",
                      {input, made.maker.random_constant({out, in, 3, 3}, random, 0.1F),
                       made.maker.random_constant({out}, random)},
                      {{"pads", Integers{pad, other, other, pad}}});
  made.maker.output(maybe(random) ? made.maker.node("Relu", {value}) : value);
  return made;
}

RandomCase gemm(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto rows = pick(random, 1, 9);
  const auto inner = pick(random, 1, 40);
  const auto columns = pick(random, 1, 20);
  const bool turned_a = maybe(random);
  const bool turned_b = maybe(random);
  const bool scaled = maybe(random);
  const int a = maker.input(turned_a ? Shape{inner, rows} : Shape{rows, inner});
  const Shape b_shape = turned_b ? Shape{columns, inner} : Shape{inner, columns};
  const bool fixed = pick(random, 0, 3) > 0;
  std::vector<int> inputs{a, fixed ? maker.random_constant(b_shape, random) : maker.input(b_shape)};
  const auto added = pick(random, 0, 5);
  if (added == 1) inputs.push_back(maker.random_constant({columns}, random));
  if (added == 2) inputs.push_back(maker.random_constant({1, columns}, random));
  // Neither a full matrix nor a column is a bias of oneDNN's.
  if (added == 3) inputs.push_back(maker.random_constant({rows, 1}, random));
  if (added == 4) inputs.push_back(maker.random_constant({rows, columns}, random));
  if (added == 5) inputs.push_back(maker.random_constant({}, random));
  Attributes attributes{{"transA", std::int64_t{turned_a}}, {"transB", std::int64_t{turned_b}}};
  if (scaled) {
    attributes["alpha"] = 0.5F;
    attributes["beta"] = 2.0F;
  }
  maker.output(maker.node("Gemm", inputs, attributes));
  const bool is_row = added <= 2 || (added == 3 && rows == 1 && columns == 1) ||
                      (added == 4 && rows == 1) || (added == 5 && columns == 1);
  made.supported = is_row && (fixed || !scaled);
  return made;
}

RandomCase matrix_product(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto rows = pick(random, 1, 8);
  const auto inner = pick(random, 1, 20);
  const auto columns = pick(random, 1, 20);
  Shape a = random_shape(random, pick(random, 0, 2), 3);
  Shape b = a;
  if (maybe(random)) b.clear();
  for (auto& size : b) size = maybe(random) ? 1 : size;
  if (maybe(random)) std::swap(a, b);
  a.insert(a.end(), {rows, inner});
  b.insert(b.end(), {inner, columns});
  const int left = maker.input(a);
  const int right = maybe(random) ? maker.random_constant(b, random) : maker.input(b);
  maker.output(maker.node("MatMul", {left, right}));
  return made;
}

template <bool average>
RandomCase pooling(std::mt19937& random) {
  RandomCase made;
  Integers kernel;
  Integers sides;
  auto attributes = random_window(random, {4, average ? 1 : 2, false}, kernel, sides);
  attributes["kernel_shape"] = kernel;
  const bool up = maybe(random);
  const bool counts = average && maybe(random);
  attributes["ceil_mode"] = std::int64_t{up};
  if (average) attributes["count_include_pad"] = std::int64_t{counts};
  auto shape = random_picture(random);
  shape[2] = sides[0];
  shape[3] = sides[1];
  made.maker.output(
      made.maker.node(average ? "AveragePool" : "MaxPool", {made.maker.input(shape)}, attributes));
  made.supported = !(up && counts);
  return made;
}

template <bool average>
RandomCase global_pooling(std::mt19937& random) {
  RandomCase made;
  made.maker.output(made.maker.node(average ? "GlobalAveragePool" : "GlobalMaxPool",
                                    {made.maker.input(random_picture(random))}));
  return made;
}

RandomCase normalisation(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  auto shape = maybe(random) ? random_picture(random) : random_shape(random, pick(random, 2, 4));
  int value = maker.input(shape);
  if (shape.size() == 4 && maybe(random)) {  // behind a convolution, of which it becomes a part
    const auto out = pick(random, 1, 20);
    std::vector<int> inputs{value, maker.random_constant({out, shape[1], 1, 1}, random)};
    if (maybe(random)) inputs.push_back(maker.random_constant({out}, random));
    value = maker.node("Conv", inputs);
    shape[1] = out;
  }
  Reals variance = random_values(static_cast<std::size_t>(shape[1]), random);
  for (auto& v : variance) v = v * v + 0.01F;
  const Shape channels{shape[1]};
  maker.output(maker.node(
      "BatchNormalization",
      {value, maker.random_constant(channels, random), maker.random_constant(channels, random),
       maker.random_constant(channels, random), maker.constant(channels, variance)},
      {{"epsilon", maybe(random) ? 1e-3F : 1e-5F}}));
  return made;
}

RandomCase activation(std::mt19937& random, const std::string& operation,
                      const Attributes& attributes) {
  RandomCase made;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  made.maker.output(made.maker.node(operation, {made.maker.input(shape)}, attributes));
  return made;
}

RandomCase relu(std::mt19937& random) { return activation(random, "Relu", {}); }
RandomCase leaky_relu(std::mt19937& random) {
  return activation(random, "LeakyRelu", {{"alpha", random_values(1, random)[0]}});
}
RandomCase sigmoid(std::mt19937& random) { return activation(random, "Sigmoid", {}); }
RandomCase hyperbolic_tangent(std::mt19937& random) { return activation(random, "Tanh", {}); }
RandomCase elu(std::mt19937& random) { return activation(random, "Elu", {{"alpha", 0.7F}}); }
RandomCase hard_swish(std::mt19937& random) { return activation(random, "HardSwish", {}); }
RandomCase hard_sigmoid(std::mt19937& random) {
  return activation(random, "HardSigmoid", {{"alpha", 0.9F}, {"beta", 0.3F}});
}

RandomCase clip(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  std::vector<int> inputs{maker.input(random_picture(random))};
  const auto bounds = pick(random, 0, 3);
  inputs.push_back(bounds % 2 == 1 ? maker.constant({}, {-0.25F}) : Node::kAbsent);
  if (bounds >= 2) inputs.push_back(maker.constant({}, {0.5F}));
  maker.output(maker.node("Clip", inputs));
  return made;
}

RandomCase prelu(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape = random_picture(random);
  auto slopes = pick_of<Shape>(random, {{shape[1], 1, 1}, {1}, {1, shape[1], 1, 1}});
  maker.output(maker.node("PRelu", {maker.input(shape), maker.random_constant(slopes, random)}));
  return made;
}

/// Two operands, of which either may be fixed or repeated.
RandomCase pair(std::mt19937& random, const std::string& operation) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  Shape other = shape;
  const bool repeated = maybe(random);
  if (repeated) {
    for (auto& size : other) size = maybe(random) ? 1 : size;
    while (other.size() > 1 && other.front() == 1 && maybe(random)) other.erase(other.begin());
  }
  const bool fixed = maybe(random);
  Reals values = random_values(static_cast<std::size_t>(element_count(other)), random);
  for (auto& value : values) value += value < 0 ? -0.5F : 0.5F;
  const int first = maker.input(shape);
  const bool turned = maybe(random);
  int second = fixed ? maker.constant(other, values) : maker.input(other);
  // Nothing is divided by what may be close to zero.
  if (operation == "Div" && !fixed) second = maker.node("Elu", {second}, {{"alpha", 0.5F}});
  if (operation == "Div" && !fixed) {
    second = maker.node("Add", {second, maker.constant({1}, {1})});
  }
  const bool swapped = turned && operation != "Div";
  maker.output(swapped ? maker.node(operation, {second, first})
                       : maker.node(operation, {first, second}));
  made.supported = !(swapped && operation == "Sub" && other != shape);
  return made;
}

RandomCase add(std::mt19937& random) { return pair(random, "Add"); }
RandomCase subtract(std::mt19937& random) { return pair(random, "Sub"); }
RandomCase multiply(std::mt19937& random) { return pair(random, "Mul"); }
RandomCase divide(std::mt19937& random) { return pair(random, "Div"); }

RandomCase nearest_resizing(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape = random_picture(random, 6);
  const Reals scales{1, 1, pick_of(random, Reals{1, 2, 3, 2, 2.5F, 0.75F}),
                     pick_of(random, Reals{1, 2, 4, 3, 1.5F})};
  const auto place = pick_of<std::string>(
      random, {"half_pixel", "asymmetric", "align_corners", "half_pixel", "asymmetric"});
  const auto rounding =
      place == "asymmetric" && maybe(random)
          ? "floor"
          : pick_of<std::string>(random, {"floor", "ceil", "round_prefer_floor",
                                          "round_prefer_ceil", "round_prefer_floor"});
  const bool rounds = rounding.starts_with("round");
  const bool whole = scales[2] == static_cast<float>(static_cast<int>(scales[2])) &&
                     scales[3] == static_cast<float>(static_cast<int>(scales[3]));
  const bool empty = static_cast<double>(shape[2]) * scales[2] < 1;
  const int input = maker.input(shape);
  maker.output(maker.node(
      "Resize", {input, Node::kAbsent, maker.constant({4}, empty ? Reals{1, 1, 1, 1} : scales)},
      {{"mode", "nearest"},
       {"coordinate_transformation_mode", place},
       {"nearest_mode", rounding}}));
  const bool known =
      (place == "half_pixel" && rounds) || (place == "asymmetric" && rounding == "floor");
  made.supported = (whole || empty) && known;
  return made;
}

RandomCase linear_resizing(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape = random_picture(random, 7);
  const auto place = pick_of<std::string>(
      random, {"half_pixel", "half_pixel", "half_pixel", "pytorch_half_pixel", "align_corners"});
  std::vector<int> inputs{maker.input(shape), Node::kAbsent};
  bool exact = true;
  if (maybe(random)) {
    const Integers sizes{shape[0], shape[1], pick(random, 1, 15), pick(random, 1, 15)};
    inputs.insert(inputs.end(), {Node::kAbsent, maker.integers(sizes)});
  } else {
    const Reals scales{1, 1, pick_of(random, Reals{1, 2, 2.5F, 1.25F}),
                       pick_of(random, Reals{1, 2, 3})};
    inputs.push_back(maker.constant({4}, scales));
    // The places follow the scale, oneDNN's the sizes.
    const auto height = static_cast<float>(shape[2]) * scales[2];
    exact = height == static_cast<float>(static_cast<int>(height));
  }
  maker.output(maker.node("Resize", inputs,
                          {{"mode", "linear"}, {"coordinate_transformation_mode", place}}));
  made.supported = place == "half_pixel" && exact;
  return made;
}

RandomCase softmax(std::mt19937& random) {
  RandomCase made;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  const auto rank = static_cast<std::int64_t>(shape.size());
  Attributes attributes;
  if (maybe(random)) attributes["axis"] = pick(random, -rank, rank - 1);
  made.maker.output(made.maker.node("Softmax", {made.maker.input(shape)}, attributes));
  return made;
}

RandomCase mean(std::mt19937& random) {
  RandomCase made;
  const auto shape =
      maybe(random) ? random_picture(random) : random_shape(random, pick(random, 1, 5));
  const auto rank = static_cast<std::int64_t>(shape.size());
  Integers axes;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    if (maybe(random)) axes.push_back(maybe(random) ? axis : axis - rank);
  }
  Attributes attributes{{"keepdims", pick(random, 0, 1)}};
  if (!axes.empty()) attributes["axes"] = axes;
  made.maker.output(made.maker.node("ReduceMean", {made.maker.input(shape)}, attributes));
  return made;
}

/// What the engine needs no step for.
RandomCase nothing(std::mt19937& random) {
  RandomCase made;
  auto& maker = made.maker;
  const auto shape = random_picture(random);
  const auto held = std::make_shared<const Tensor>(reals({1}, random_values(1, random)));
  const int constant = maker.node("Constant", {}, {{"value", held}});
  int value = maker.node("Add", {maker.input(shape), constant});
  value = maker.node("Identity", {value});
  if (maybe(random)) maker.output(value);
  maker.output(maker.node("Dropout", {value}));
  if (maybe(random)) maker.output(constant);
  return made;
}

}  // namespace

std::vector<RandomNode> random_nodes() {
  std::vector<RandomNode> nodes = {{"Conv", plain_convolution},
                                   {"ConvGrouped", grouped_convolution},
                                   {"ConvDepthwise", depthwise_convolution},
                                   {"ConvWinograd", winograd_convolution},
                                   {"Gemm", gemm},
                                   {"MatMul", matrix_product},
                                   {"MaxPool", pooling<false>},
                                   {"AveragePool", pooling<true>},
                                   {"GlobalMaxPool", global_pooling<false>},
                                   {"GlobalAveragePool", global_pooling<true>},
                                   {"BatchNormalization", normalisation},
                                   {"Relu", relu},
                                   {"LeakyRelu", leaky_relu},
                                   {"Sigmoid", sigmoid},
                                   {"Tanh", hyperbolic_tangent},
                                   {"Elu", elu},
                                   {"HardSwish", hard_swish},
                                   {"HardSigmoid", hard_sigmoid},
                                   {"Clip", clip},
                                   {"PRelu", prelu},
                                   {"Add", add},
                                   {"Sub", subtract},
                                   {"Mul", multiply},
                                   {"Div", divide},
                                   {"ResizeNearest", nearest_resizing},
                                   {"ResizeLinear", linear_resizing},
                                   {"Softmax", softmax},
                                   {"ReduceMean", mean},
                                   {"IdentityDropoutConstant", nothing}};
  for (auto& node : random_rearrangements()) nodes.push_back(std::move(node));
  return nodes;
}

}  // namespace mien::test
