#include "inference/graph/simplify.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inference/operators/operator.h"
#include "inference/operators/rearranging.h"
#include "inference/operators/window.h"

namespace mien {
namespace {

void replace_reads(Graph& graph, int old_value, int new_value) {
  for (auto& node : graph.nodes) {
    std::replace(node.inputs.begin(), node.inputs.end(), old_value, new_value);
  }
  std::replace(graph.outputs.begin(), graph.outputs.end(), old_value, new_value);
}

void drop_identities(Graph& graph) {
  for (auto& node : graph.nodes) {
    if (node.operation != "Identity" && node.operation != "Dropout") continue;
    replace_reads(graph, node.outputs[0], node.inputs[0]);
    node.operation.clear();
  }
  std::erase_if(graph.nodes, [](const Node& node) { return node.operation.empty(); });
}

int add_constant(Graph& graph, const std::string& name, Tensor tensor) {
  auto constant = std::make_shared<const Tensor>(std::move(tensor));
  graph.values.push_back({name, constant->shape, constant->type, constant});
  return static_cast<int>(graph.values.size()) - 1;
}

/// A normalisation with fixed statistics: value * scale + offset, for each channel.
struct Scaling {
  std::vector<float> scale;
  std::vector<float> offset;
};

Scaling scaling_of(const Graph& graph, const Node& node) {
  const auto values = [&](std::size_t i) { return graph.constant_input(node, i)->reals; };
  const auto gamma = values(1);
  const auto beta = values(2);
  const auto mean = values(3);
  const auto variance = values(4);
  const float epsilon = node.real("epsilon", 1e-5F);
  Scaling scaling;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const float scale = gamma[c] / std::sqrt(variance[c] + epsilon);
    scaling.scale.push_back(scale);
    scaling.offset.push_back(beta[c] - mean[c] * scale);
  }
  return scaling;
}

/// The convolution that a normalisation can become part of, or -1.
int convolution_before(const Graph& graph, const std::vector<std::vector<int>>& readers,
                       const Node& node) {
  const int value = node.inputs[0];
  if (readers[static_cast<std::size_t>(value)].size() != 1) return -1;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& producer = graph.nodes[i];
    if (producer.operation != "Conv" || producer.outputs[0] != value) continue;
    const bool fixed = graph.value(producer.inputs[1]).constant != nullptr &&
                       (!producer.has_input(2) || graph.value(producer.inputs[2]).constant);
    return fixed ? static_cast<int>(i) : -1;
  }
  return -1;
}

void scale_convolution(Graph& graph, Node& convolution, const Scaling& scaling) {
  Tensor weights = *graph.constant_input(convolution, 1);
  Tensor bias = Tensor::of_reals({weights.shape[0]}, scaling.offset);
  const Tensor* old_bias = graph.constant_input(convolution, 2);
  const std::size_t size = weights.reals.size() / scaling.scale.size();
  for (std::size_t i = 0; i < weights.reals.size(); ++i)
    weights.reals[i] *= scaling.scale[i / size];
  for (std::size_t c = 0; old_bias != nullptr && c < bias.reals.size(); ++c) {
    bias.reals[c] += old_bias->reals[c] * scaling.scale[c];
  }
  convolution.inputs.resize(3, Node::kAbsent);
  convolution.inputs[1] = add_constant(graph, convolution.name + " weights", std::move(weights));
  convolution.inputs[2] = add_constant(graph, convolution.name + " bias", std::move(bias));
}

Node arithmetic(const char* operation, const std::string& name, int a, int b, int output) {
  return {operation, name, {a, b}, {output}, {}};
}

/// Multiplication and addition in place of a normalisation.
std::vector<Node> as_arithmetic(Graph& graph, const Node& node, Scaling scaling) {
  const Shape input = graph.value(node.inputs[0]).shape;
  Shape channels(input.size(), 1);
  channels[1] = input[1];
  const int scale = add_constant(graph, node.name + " scale",
                                 Tensor::of_reals(channels, std::move(scaling.scale)));
  const int offset = add_constant(graph, node.name + " offset",
                                  Tensor::of_reals(channels, std::move(scaling.offset)));
  graph.values.push_back({node.name + " scaled", input, ElementType::real, nullptr});
  const int scaled = static_cast<int>(graph.values.size()) - 1;
  return {arithmetic("Mul", node.name, node.inputs[0], scale, scaled),
          arithmetic("Add", node.name, scaled, offset, node.outputs[0])};
}

void fold_normalisations(Graph& graph) {
  const auto readers = graph.readers();
  std::vector<std::pair<int, int>> replaced;  // a normalisation's value, its convolution's
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node node = graph.nodes[i];
    if (node.operation != "BatchNormalization") {
      nodes.push_back(node);
      continue;
    }
    auto scaling = scaling_of(graph, node);
    const int before = convolution_before(graph, readers, node);
    if (before < 0) {
      for (auto& added : as_arithmetic(graph, node, std::move(scaling))) nodes.push_back(added);
      continue;
    }
    const int value = node.inputs[0];
    const auto convolution = std::find_if(nodes.begin(), nodes.end(), [value](const Node& other) {
      return other.outputs[0] == value;
    });
    scale_convolution(graph, *convolution, scaling);
    replaced.emplace_back(node.outputs[0], value);
  }
  graph.nodes = std::move(nodes);
  for (const auto& [old_value, new_value] : replaced) replace_reads(graph, old_value, new_value);
}

bool is_zero_border(const Padding& padding) {
  return padding.before.size() == 4 && padding.value == 0 && padding.before[0] == 0 &&
         padding.before[1] == 0 && padding.behind[0] == 0 && padding.behind[1] == 0;
}

/// Whether a convolution's padding stays in range with that before it.
bool fits(const std::vector<std::int64_t>& pads, const Padding& padding) {
  const auto largest =
      std::max({padding.before[2], padding.before[3], padding.behind[2], padding.behind[3]});
  return *std::max_element(pads.begin(), pads.end()) + largest <= kLargestWindow;
}

void fold_padding(Graph& graph) {
  const auto readers = graph.readers();
  for (auto& node : graph.nodes) {
    if (node.operation != "Pad") continue;
    const auto padding = padding_of(node, operands_of(graph, node));
    const auto& read_by = readers[static_cast<std::size_t>(node.outputs[0])];
    const auto can_take = [&](int reader) {
      if (reader < 0) return false;
      const auto& other = graph.nodes[static_cast<std::size_t>(reader)];
      return other.operation == "Conv" && other.text("auto_pad", "NOTSET") == "NOTSET" &&
             std::count(other.inputs.begin() + 1, other.inputs.end(), node.outputs[0]) == 0 &&
             fits(other.integers("pads", {0, 0, 0, 0}), padding);
    };
    if (!is_zero_border(padding)) continue;
    if (!std::all_of(read_by.begin(), read_by.end(), can_take)) continue;
    for (const int reader : read_by) {
      auto& convolution = graph.nodes[static_cast<std::size_t>(reader)];
      auto pads = convolution.integers("pads", {0, 0, 0, 0});
      pads[0] += padding.before[2];
      pads[1] += padding.before[3];
      pads[2] += padding.behind[2];
      pads[3] += padding.behind[3];
      convolution.attributes["pads"] = pads;
      convolution.inputs[0] = node.inputs[0];
    }
  }
}

/// Nodes whose outputs nobody reads, from the last to the first.
void drop_unread(Graph& graph) {
  std::vector<bool> read(graph.values.size());
  for (const int output : graph.outputs) read[static_cast<std::size_t>(output)] = true;
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool needed = std::any_of(node->outputs.begin(), node->outputs.end(), [&](int output) {
      return read[static_cast<std::size_t>(output)];
    });
    if (!needed) continue;
    for (const int input : node->inputs) {
      if (input != Node::kAbsent) read[static_cast<std::size_t>(input)] = true;
    }
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
}

}  // namespace

Graph simplify(Graph graph) {
  drop_identities(graph);
  fold_normalisations(graph);
  fold_padding(graph);
  drop_unread(graph);
  return graph;
}

}  // namespace mien
