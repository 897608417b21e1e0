#include <algorithm>
#include <utility>

#include "inference/executor.h"
#include "inference/operators/operator.h"
#include "mien/error.h"

namespace mien {
namespace {

class ReferenceExecutor final : public Executor {
 public:
  explicit ReferenceExecutor(Graph graph) : graph_(std::move(graph)) {
    for (const auto& value : graph_.values) {
      if (value.constant) {
        tensors_.push_back(*value.constant);
      } else if (value.type == ElementType::integer) {
        tensors_.push_back(Tensor::of_integers(value.shape, {}));
      } else {
        const auto count = static_cast<std::size_t>(element_count(value.shape));
        tensors_.push_back(Tensor::of_reals(value.shape, std::vector<float>(count)));
      }
    }
  }

  void run(std::span<const std::span<const float>> inputs,
           std::span<const std::span<float>> outputs) override {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      std::copy(inputs[i].begin(), inputs[i].end(), tensor(graph_.inputs[i]).reals.begin());
    }
    for (const auto& node : graph_.nodes) run_node(node);
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      const auto& values = tensor(graph_.outputs[i]).reals;
      if (values.size() != outputs[i].size()) {
        throw Error(ErrorCode::internal, "an output has another size than the graph says");
      }
      std::copy(values.begin(), values.end(), outputs[i].begin());
    }
  }

 private:
  Tensor& tensor(int value) { return tensors_[static_cast<std::size_t>(value)]; }

  void run_node(const Node& node) {
    std::vector<Operand> operands;
    for (const int input : node.inputs) {
      if (input == Node::kAbsent) {
        operands.emplace_back();
      } else {
        const auto& given = tensor(input);
        operands.push_back({&given.shape, given.type, &given});
      }
    }
    std::vector<Tensor> results;
    for (const int output : node.outputs) results.push_back(std::move(tensor(output)));
    find_operator(node.operation)->compute(node, operands, results);
    for (std::size_t i = 0; i < results.size(); ++i)
      tensor(node.outputs[i]) = std::move(results[i]);
  }

  Graph graph_;
  std::vector<Tensor> tensors_;  // one for each value
};

class ReferencePictureExecutor final : public PictureExecutor {
 public:
  explicit ReferencePictureExecutor(Graph graph) : executor_(std::move(graph)) {}

  void run(std::span<const std::uint8_t> pixels,
           std::span<const std::span<float>> outputs) override {
    const std::size_t plane = pixels.size() / 3;
    planes_.resize(pixels.size());
    for (std::size_t i = 0; i < plane; ++i) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        planes_[channel * plane + i] = pixels[3 * i + channel];
      }
    }
    const std::span<const float> input = planes_;
    executor_.run({&input, 1}, outputs);
  }

 private:
  ReferenceExecutor executor_;
  std::vector<float> planes_;
};

}  // namespace

std::unique_ptr<Executor> make_reference_executor(Graph graph) {
  return std::make_unique<ReferenceExecutor>(std::move(graph));
}

std::unique_ptr<PictureExecutor> make_reference_picture_executor(Graph graph) {
  return std::make_unique<ReferencePictureExecutor>(std::move(graph));
}

}  // namespace mien
