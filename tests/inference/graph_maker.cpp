#include "graph_maker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "inference/graph/graph_reader.h"
#include "inference/operators/operator.h"
#include "mien/error.h"

namespace mien::test {
namespace {

Graph shaped(const Graph& graph) {
  std::vector<Shape> shapes;
  for (const int input : graph.inputs) shapes.push_back(graph.value(input).shape);
  return with_shapes(graph, shapes);
}

Node node_of(const std::string& operation, std::size_t inputs, const Attributes& attributes,
             int outputs) {
  Node node{operation, "it", {}, {}, attributes};
  for (std::size_t i = 0; i < inputs; ++i) node.inputs.push_back(static_cast<int>(i));
  for (int i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<int>(inputs) + i);
  return node;
}

/// A tensor without axes and without values stands for an input that is left out.
bool is_left_out(const Tensor& tensor) {
  return tensor.shape.empty() && tensor.reals.empty() && tensor.integers.empty();
}

std::vector<Operand> operands_of(const std::vector<Tensor>& inputs) {
  std::vector<Operand> operands;
  for (const auto& tensor : inputs) {
    if (is_left_out(tensor)) {
      operands.emplace_back();
    } else {
      operands.push_back({&tensor.shape, tensor.type, &tensor});
    }
  }
  return operands;
}

}  // namespace

int GraphMaker::add_value(Value value) {
  graph_.values.push_back(std::move(value));
  return static_cast<int>(graph_.values.size()) - 1;
}

int GraphMaker::input(Shape shape) {
  const int index = add_value({"input" + std::to_string(graph_.values.size()), std::move(shape),
                               ElementType::real, nullptr});
  graph_.inputs.push_back(index);
  return index;
}

int GraphMaker::constant(Shape shape, Reals values) {
  auto tensor = std::make_shared<Tensor>(Tensor::of_reals(shape, std::move(values)));
  return add_value({"constant" + std::to_string(graph_.values.size()), std::move(shape),
                    ElementType::real, std::move(tensor)});
}

int GraphMaker::random_constant(Shape shape, std::mt19937& random, float scale) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  return constant(std::move(shape), random_values(count, random, scale));
}

int GraphMaker::integers(Integers values) {
  auto tensor = std::make_shared<Tensor>(test::integers(std::move(values)));
  return add_value({"constant" + std::to_string(graph_.values.size()), tensor->shape,
                    ElementType::integer, tensor});
}

int GraphMaker::node(const std::string& operation, std::vector<int> inputs, Attributes attributes,
                     int outputs) {
  Node node{operation,
            operation + std::to_string(graph_.nodes.size()),
            std::move(inputs),
            {},
            std::move(attributes)};
  for (int i = 0; i < outputs; ++i) {
    node.outputs.push_back(
        add_value({node.name + "." + std::to_string(i), {}, ElementType::real, nullptr}));
  }
  graph_.nodes.push_back(node);
  return node.outputs.front();
}

Graph GraphMaker::graph() const { return shaped(graph_); }

std::int64_t pick(std::mt19937& random, std::int64_t lowest, std::int64_t highest) {
  // Not std::uniform_int_distribution, which differs from one standard library to the next.
  return lowest + static_cast<std::int64_t>(random() % static_cast<unsigned>(highest - lowest + 1));
}

Reals random_values(std::size_t count, std::mt19937& random, float scale) {
  constexpr unsigned kSteps = 1 << 20;
  Reals values(count);
  for (auto& value : values) {
    value = scale * (static_cast<float>(random() % (2 * kSteps + 1)) / kSteps - 1);
  }
  return values;
}

std::vector<Reals> random_inputs(const Graph& graph, std::mt19937& random) {
  std::vector<Reals> inputs;
  for (const int input : graph.inputs) {
    const auto count = static_cast<std::size_t>(element_count(graph.value(input).shape));
    inputs.push_back(random_values(count, random));
  }
  return inputs;
}

std::vector<Reals> run(Executor& executor, const Graph& graph, const std::vector<Reals>& inputs) {
  std::vector<Reals> outputs;
  for (const int output : graph.outputs) {
    const auto count = static_cast<std::size_t>(element_count(graph.value(output).shape));
    outputs.emplace_back(count, std::numeric_limits<float>::quiet_NaN());
  }
  const std::vector<std::span<const float>> from(inputs.begin(), inputs.end());
  const std::vector<std::span<float>> to(outputs.begin(), outputs.end());
  executor.run(from, to);
  return outputs;
}

std::vector<Reals> run_reference(const Graph& graph, const std::vector<Reals>& inputs) {
  return run(*make_reference_executor(graph), graph, inputs);
}

std::vector<Reals> run_onednn(const Graph& graph, const std::vector<Reals>& inputs,
                              const OnednnOptions& options) {
  return run(*make_onednn_executor(graph, options, make_onednn_constants()), graph, inputs);
}

std::vector<Tensor> compute_all(const std::string& operation, const std::vector<Tensor>& inputs,
                                const Attributes& attributes, int outputs) {
  const auto* known = find_operator(operation);
  const auto node = node_of(operation, inputs.size(), attributes, outputs);
  const auto operands = operands_of(inputs);
  std::vector<Tensor> results;
  for (const auto& [shape, type] : known->describe(node, operands)) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    constexpr float kUnset = -12345;
    results.push_back(type == ElementType::real ? Tensor::of_reals(shape, Reals(count, kUnset))
                                                : Tensor::of_integers(shape, Integers(count)));
  }
  known->compute(node, operands, results);
  return results;
}

Tensor compute(const std::string& operation, const std::vector<Tensor>& inputs,
               const Attributes& attributes) {
  return compute_all(operation, inputs, attributes, 1).front();
}

std::string refusal(const std::string& operation, const std::vector<Tensor>& inputs,
                    const Attributes& attributes, int outputs) {
  try {
    find_operator(operation)->describe(node_of(operation, inputs.size(), attributes, outputs),
                                       operands_of(inputs));
  } catch (const Error& error) {
    return error.code() == ErrorCode::model ? error.what() : "another code";
  }
  return "accepted";
}

Tensor reals(Shape shape, Reals values) {
  return Tensor::of_reals(std::move(shape), std::move(values));
}

Tensor integers(Integers values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return Tensor::of_integers({count}, std::move(values));
}

Tensor counted(Shape shape) {
  Reals values(static_cast<std::size_t>(element_count(shape)));
  float next = 1;
  for (auto& value : values) value = next++;
  return reals(std::move(shape), std::move(values));
}

std::string to_text(const Graph& graph) {
  std::ostringstream text;
  const auto value_text = [&graph](int value) {
    if (value == Node::kAbsent) return std::string("-");
    const auto& given = graph.value(value);
    return (given.constant ? "constant" : "#" + std::to_string(value)) + to_string(given.shape);
  };
  for (const auto& node : graph.nodes) {
    text << node.operation << '(';
    for (const int input : node.inputs) text << value_text(input) << ' ';
    for (const auto& [name, attribute] : node.attributes) {
      text << name << '=';
      if (const auto* i = std::get_if<std::int64_t>(&attribute)) text << *i;
      if (const auto* f = std::get_if<float>(&attribute)) text << *f;
      if (const auto* s = std::get_if<std::string>(&attribute)) text << *s;
      if (const auto* ints = std::get_if<Integers>(&attribute)) text << to_string(*ints);
      text << ' ';
    }
    text << ") ->";
    for (const int output : node.outputs) text << ' ' << value_text(output);
    text << '\n';
  }
  return std::move(text).str();
}

double difference(const std::vector<Reals>& found, const std::vector<Reals>& expected) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (found.size() != expected.size()) return kInfinite;
  double largest = 1;
  double apart = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (found[i].size() != expected[i].size()) return kInfinite;
    for (std::size_t k = 0; k < expected[i].size(); ++k) {
      const double difference = std::abs(static_cast<double>(found[i][k]) - expected[i][k]);
      if (!std::isfinite(difference)) return kInfinite;
      largest = std::max(largest, std::abs(static_cast<double>(expected[i][k])));
      apart = std::max(apart, difference);
    }
  }
  return apart / largest;
}

}  // namespace mien::test
