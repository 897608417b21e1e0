#pragma once

#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "inference/executor.h"
#include "inference/graph/graph.h"
#include "inference/onednn/onednn_executor.h"

namespace mien::test {

using Attributes = std::map<std::string, Attribute>;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

/// Makes small graphs for the engines, without the way through an ONNX file.
class GraphMaker {
 public:
  int input(Shape shape);
  int constant(Shape shape, Reals values);
  /// Uniform within +-scale.
  int random_constant(Shape shape, std::mt19937& random, float scale = 1);
  int integers(Integers values);
  /// The index of the first output; further ones follow it.
  int node(const std::string& operation, std::vector<int> inputs, Attributes attributes = {},
           int outputs = 1);
  void output(int value) { graph_.outputs.push_back(value); }

  /// With all shapes, not simplified.
  Graph graph() const;

 private:
  int add_value(Value value);

  Graph graph_;
};

/// Uniform, both ends included.
std::int64_t pick(std::mt19937& random, std::int64_t lowest, std::int64_t highest);
template <typename Choice>
Choice pick_of(std::mt19937& random, const std::vector<Choice>& choices) {
  return choices[static_cast<std::size_t>(
      pick(random, 0, static_cast<std::int64_t>(choices.size()) - 1))];
}

Reals random_values(std::size_t count, std::mt19937& random, float scale = 1);

/// One list of random values for each input.
std::vector<Reals> random_inputs(const Graph& graph, std::mt19937& random);

/// All outputs.
std::vector<Reals> run(Executor& executor, const Graph& graph, const std::vector<Reals>& inputs);
std::vector<Reals> run_reference(const Graph& graph, const std::vector<Reals>& inputs);
std::vector<Reals> run_onednn(const Graph& graph, const std::vector<Reals>& inputs,
                              const OnednnOptions& options = {});

/// One node with one output, computed by the reference.
Tensor compute(const std::string& operation, const std::vector<Tensor>& inputs,
               const Attributes& attributes = {});
/// The same with several outputs.
std::vector<Tensor> compute_all(const std::string& operation, const std::vector<Tensor>& inputs,
                                const Attributes& attributes, int outputs);
/// The message of the Error (model) with which one node is refused, or "accepted".
std::string refusal(const std::string& operation, const std::vector<Tensor>& inputs,
                    const Attributes& attributes = {}, int outputs = 1);

Tensor reals(Shape shape, Reals values);
Tensor integers(Integers values);
/// 1, 2, 3, ...
Tensor counted(Shape shape);

/// Every node with its shapes and attributes, for messages.
std::string to_text(const Graph& graph);

/// The largest difference between both, as a part of the largest magnitude in `expected` (at
/// least 1). Infinite when the sizes differ or a value is not finite.
double difference(const std::vector<Reals>& found, const std::vector<Reals>& expected);

}  // namespace mien::test
