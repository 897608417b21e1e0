#include "random_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mien::test {
namespace {

/// The same nodes in another order in which each stands behind those that it needs.
void shuffle(std::vector<Node>& nodes, std::size_t values, std::mt19937& random) {
  std::vector<bool> computed(values, true);
  for (const auto& node : nodes) {
    for (const int output : node.outputs) computed[static_cast<std::size_t>(output)] = false;
  }
  std::vector<Node> ordered;
  while (!nodes.empty()) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto& inputs = nodes[i].inputs;
      const bool is_ready = std::all_of(inputs.begin(), inputs.end(), [&](int input) {
        return input == Node::kAbsent || computed[static_cast<std::size_t>(input)];
      });
      if (is_ready) ready.push_back(i);
    }
    const auto next = nodes.begin() + static_cast<std::ptrdiff_t>(pick_of(random, ready));
    for (const int output : next->outputs) computed[static_cast<std::size_t>(output)] = true;
    ordered.push_back(std::move(*next));
    nodes.erase(next);
  }
  nodes = std::move(ordered);
}

class NetworkMaker {
 public:
  NetworkMaker(std::mt19937& random, std::int64_t batch) : random_(random), batch_(batch) {
    const auto channels = pick_of(random, Integers{1, 3, 16});
    const auto side = pick(random, 4, 10);
    add(maker_.input({batch, channels, side, side}), {batch, channels, side, side});
  }

  Graph make(int nodes) {
    while (made_ < nodes) {
      static constexpr void (NetworkMaker::*kKinds[])() = {
          &NetworkMaker::convolve,  &NetworkMaker::convolve, &NetworkMaker::convolve,
          &NetworkMaker::add_both,  &NetworkMaker::add_both, &NetworkMaker::activate,
          &NetworkMaker::activate,  &NetworkMaker::gate,     &NetworkMaker::concatenate,
          &NetworkMaker::pool,      &NetworkMaker::resize,   &NetworkMaker::rearrange,
          &NetworkMaker::see_again, &NetworkMaker::scale,    &NetworkMaker::flatten};
      const auto kind = pick(random_, 0, std::size(kKinds) - 1);
      (this->*kKinds[kind])();
    }
    for (const auto& [value, shape] : flat_) maker_.output(value);
    maker_.output(pictures_.back().first);
    for (auto extra = pick(random_, 0, 2); extra > 0; --extra) maker_.output(any().first);
    Graph graph = maker_.graph();
    shuffle(graph.nodes, graph.values.size(), random_);
    return graph;
  }

 private:
  using Picture = std::pair<int, Shape>;

  void add(int value, Shape shape) {
    pictures_.emplace_back(value, std::move(shape));
    ++made_;
  }
  /// Rather one of the last, so that networks become deep; now and then one from far before.
  const Picture& any() {
    const auto count = static_cast<std::int64_t>(pictures_.size());
    const auto back = pick(random_, 0, std::min<std::int64_t>(count, pick(random_, 1, 6)) - 1);
    return pictures_[static_cast<std::size_t>(count - 1 - back)];
  }

  int convolved(int value, const Shape& shape, std::int64_t out, std::int64_t kernel,
                std::int64_t stride, std::int64_t groups = 1) {
    const auto each = shape[1] / groups;
    const float scale = 1.5F / std::sqrt(static_cast<float>(each * kernel * kernel));
    std::vector<int> inputs{value,
                            maker_.random_constant({out, each, kernel, kernel}, random_, scale)};
    if (pick(random_, 0, 1) == 1) inputs.push_back(maker_.random_constant({out}, random_, 0.2F));
    const auto pad = kernel / 2;
    return maker_.node("Conv", inputs,
                       {{"pads", Integers{pad, pad, pad, pad}},
                        {"strides", Integers{stride, stride}},
                        {"group", groups}});
  }

  int normalised(int value, std::int64_t channels) {
    auto variance = random_values(static_cast<std::size_t>(channels), random_);
    for (auto& v : variance) v = 0.5F + v * v;
    const Shape row{channels};
    return maker_.node(
        "BatchNormalization",
        {value, maker_.random_constant(row, random_), maker_.random_constant(row, random_),
         maker_.random_constant(row, random_, 0.2F), maker_.constant(row, variance)});
  }

  /// Perhaps with a normalisation, an addition and an activation behind it.
  void convolve() {
    auto [value, shape] = any();
    const bool depthwise = pick(random_, 0, 3) == 0;
    const auto out = depthwise ? shape[1] : pick_of(random_, Integers{5, 8, 16, 16, 32, shape[1]});
    const auto stride = shape[2] > 5 && pick(random_, 0, 3) == 0 ? 2 : 1;
    const auto kernel = pick_of(random_, Integers{1, 3, 3, 5});
    value = convolved(value, shape, out, kernel, stride, depthwise ? shape[1] : 1);
    shape[1] = out;
    for (auto* side : {&shape[2], &shape[3]}) *side = (*side - 1) / stride + 1;
    if (pick(random_, 0, 1) == 1) value = normalised(value, out);
    if (pick(random_, 0, 1) == 1) {
      const auto same =
          std::find_if(pictures_.begin(), pictures_.end(),
                       [&shape = shape](const Picture& p) { return p.second == shape; });
      if (same != pictures_.end()) value = maker_.node("Add", {value, same->first});
    }
    if (pick(random_, 0, 2) > 0) value = maker_.node("Relu", {value});
    if (pick(random_, 0, 8) == 0) value = maker_.node("Identity", {value});
    add(value, shape);
  }

  void add_both() {
    const auto [value, shape] = any();
    std::vector<int> fitting;
    for (const auto& [other, other_shape] : pictures_) {
      if (other_shape == shape) fitting.push_back(other);
    }
    auto sum = maker_.node("Add", {value, pick_of(random_, fitting)});
    if (pick(random_, 0, 2) == 0) sum = maker_.node("Add", {pick_of(random_, fitting), sum});
    // Smaller again, so that long chains stay in range.
    add(maker_.node("Mul", {sum, maker_.constant({}, {0.5F})}), shape);
  }

  void activate() {
    const auto [value, shape] = any();
    static const std::vector<std::string> kinds{"Relu",    "LeakyRelu",   "Sigmoid", "HardSwish",
                                                "Clip",    "HardSigmoid", "Tanh",    "PRelu",
                                                "Dropout", "Elu"};
    const auto kind = pick_of(random_, kinds);
    std::vector<int> inputs{value};
    if (kind == "PRelu") inputs.push_back(maker_.random_constant({shape[1], 1, 1}, random_));
    if (kind == "Clip") {
      inputs.push_back(maker_.constant({}, {0}));
      inputs.push_back(maker_.constant({}, {6}));
    }
    add(maker_.node(kind, inputs), shape);
  }

  /// Squeeze and excitation; the gate with four axes, or by way of two.
  void gate() {
    const auto [value, shape] = any();
    const Shape pooled_shape{batch_, shape[1], 1, 1};
    int gate = maker_.node("GlobalAveragePool", {value});
    if (pick(random_, 0, 1) == 1) {
      gate = maker_.node("Relu", {convolved(gate, pooled_shape, 4, 1, 1)});
      gate = convolved(gate, {batch_, 4, 1, 1}, shape[1], 1, 1);
    } else {
      gate = maker_.node("Flatten", {gate});
      gate = maker_.node("Gemm", {gate, maker_.random_constant({shape[1], shape[1]}, random_, 0.3F),
                                  maker_.random_constant({shape[1]}, random_)});
      gate = maker_.node("Reshape", {gate, maker_.integers({0, -1, 1, 1})});
    }
    gate = maker_.node(pick(random_, 0, 1) == 1 ? "Sigmoid" : "HardSigmoid", {gate});
    add(maker_.node("Mul", pick(random_, 0, 1) == 1 ? std::vector<int>{value, gate}
                                                    : std::vector<int>{gate, value}),
        shape);
  }

  void concatenate() {
    auto [value, shape] = any();
    std::vector<int> inputs{value};
    for (const auto& [other, other_shape] : pictures_) {
      const bool fits = other_shape[2] == shape[2] && other_shape[3] == shape[3];
      if (!fits || inputs.size() == 3 || shape[1] + other_shape[1] > 64) continue;
      inputs.push_back(other);
      shape[1] += other_shape[1];
    }
    add(maker_.node("Concat", inputs, {{"axis", std::int64_t{1}}}), shape);
  }

  void pool() {
    auto [value, shape] = any();
    const char* kind = pick(random_, 0, 1) == 1 ? "MaxPool" : "AveragePool";
    value = maker_.node(kind, {value},
                        {{"kernel_shape", Integers{3, 3}},
                         {"strides", Integers{2, 2}},
                         {"pads", Integers{1, 1, 1, 1}}});
    for (auto* side : {&shape[2], &shape[3]}) *side = (*side - 1) / 2 + 1;
    add(value, shape);
  }

  void resize() {
    auto [value, shape] = any();
    if (shape[2] > 8) return;
    const bool linear = pick(random_, 0, 1) == 1;
    value = maker_.node("Resize", {value, Node::kAbsent, maker_.constant({4}, {1, 1, 2, 2})},
                        {{"mode", linear ? "linear" : "nearest"}});
    shape[2] *= 2;
    shape[3] *= 2;
    add(value, shape);
  }

  /// Split, Slice or Transpose, and Pad.
  void rearrange() {
    auto [value, shape] = any();
    switch (pick(random_, 0, 3)) {
      case 0: {
        if (shape[1] < 2) return;
        const auto first = pick(random_, 1, shape[1] - 1);
        const int parts = maker_.node("Split", {value, maker_.integers({first, shape[1] - first})},
                                      {{"axis", std::int64_t{1}}}, 2);
        add(parts, {batch_, first, shape[2], shape[3]});
        add(parts + 1, {batch_, shape[1] - first, shape[2], shape[3]});
        return;
      }
      case 1:
        value = maker_.node("Slice", {value, maker_.integers({0}), maker_.integers({INT64_MAX}),
                                      maker_.integers({3}), maker_.integers({2})});
        shape[3] = (shape[3] + 1) / 2;
        break;
      case 2:
        value = maker_.node("Transpose", {value}, {{"perm", Integers{0, 1, 3, 2}}});
        std::swap(shape[2], shape[3]);
        break;
      default:
        if (shape[2] > 10) return;
        value = maker_.node("Pad", {value, maker_.integers({0, 0, 1, 0, 0, 0, 0, 2})});
        shape[2] += 1;
        shape[3] += 2;
    }
    add(value, shape);
  }

  /// The same bytes in other shapes, there and back again.
  void see_again() {
    const auto [value, shape] = any();
    const int flat = maker_.node("Reshape", {value, maker_.integers({0, -1})});
    const int bent = pick(random_, 0, 1) == 1 ? maker_.node("Relu", {flat}) : flat;
    add(maker_.node("Reshape", {bent, maker_.integers(shape)}), shape);
  }

  /// By a constant for each channel, for each pixel, or for each row of it.
  void scale() {
    const auto [value, shape] = any();
    const auto other =
        pick_of<Shape>(random_, {{shape[1], 1, 1}, {1, 1, shape[2], shape[3]}, {shape[3]}, {}});
    const char* kind = pick_of(random_, std::vector<const char*>{"Add", "Mul"});
    const int constant = maker_.random_constant(other, random_);
    add(pick(random_, 0, 1) == 1 ? maker_.node(kind, {constant, value})
                                 : maker_.node(kind, {value, constant}),
        shape);
  }

  /// A head: nothing behind it but a softmax.
  void flatten() {
    const auto [value, shape] = any();
    const int mean = maker_.node("ReduceMean", {value},
                                 {{"axes", Integers{2, 3}}, {"keepdims", std::int64_t{0}}});
    const int product =
        maker_.node("MatMul", {mean, maker_.random_constant({shape[1], 7}, random_)});
    const int sum = maker_.node("Add", {product, maker_.random_constant({7}, random_)});
    flat_.emplace_back(maker_.node("Softmax", {sum}), Shape{batch_, 7});
    ++made_;
  }

  std::mt19937& random_;
  std::int64_t batch_;
  GraphMaker maker_;
  std::vector<Picture> pictures_;
  std::vector<Picture> flat_;
  int made_ = 0;
};

}  // namespace

Graph random_network(std::mt19937& random, std::int64_t batch, int nodes) {
  return NetworkMaker(random, batch).make(nodes);
}

}  // namespace mien::test
