// OpenCV's dnn, to which models go that Mien's engine does not know, against the reference. OpenCV
// refuses much of what ONNX allows (Gemm with matrices that are computed, Reshape to other ranks,
// operands of fewer axes, ...), which the counts below allow for. Left out is what OpenCV 4.6
// computes otherwise than ONNX says: pooling with dilations or counted padding, Softmax without an
// axis, Resize by scales that do not come out even, Split into unequal parts along the last axis,
// alpha and beta of Gemm.
#include <gtest/gtest.h>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "graph_maker.h"
#include "graph_writer.h"
#include "random_nodes.h"

namespace mien {
namespace {

test::Reals run_opencv(const Graph& graph, const std::vector<test::Reals>& inputs) {
  const auto bytes = test::to_onnx(graph).SerializeAsString();
  auto net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& shape = graph.value(graph.inputs[i]).shape;
    cv::Mat input(std::vector<int>(shape.begin(), shape.end()), CV_32F);
    std::copy(inputs[i].begin(), inputs[i].end(), input.ptr<float>());
    net.setInput(input, test::value_name(graph.inputs[i]));
  }
  const cv::Mat output = net.forward();
  return {output.ptr<float>(), output.ptr<float>() + output.total()};
}

/// Cases that OpenCV 4.6 computes, but not as ONNX says: SAME padding counts a dilated kernel as if
/// it were not, and tensors of one axis become columns.
bool is_otherwise(const Graph& graph) {
  const auto dilated_same = [](const Node& node) {
    return node.text("auto_pad", "").starts_with("SAME") &&
           node.integers("dilations", {1, 1}) != std::vector<std::int64_t>{1, 1};
  };
  return graph.value(graph.inputs.front()).shape.size() == 1 ||
         std::any_of(graph.nodes.begin(), graph.nodes.end(), dilated_same);
}

struct Expected {
  std::string name;
  int at_least;  ///< cases of 20 that OpenCV runs
};

class OpencvParity : public testing::TestWithParam<Expected> {
 protected:
  void SetUp() override {
    before_ = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  }
  void TearDown() override { cv::utils::logging::setLogLevel(before_); }

 private:
  cv::utils::logging::LogLevel before_{};
};

TEST_P(OpencvParity, AgreesWithTheReferenceOrRefuses) {
  const auto nodes = test::random_nodes();
  const auto node = std::find_if(nodes.begin(), nodes.end(), [](const test::RandomNode& other) {
    return other.name == GetParam().name;
  });
  ASSERT_NE(node, nodes.end());
  int agreed = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed * 31 + 5);
    const auto graph = node->make(random).maker.graph();
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::to_text(graph));
    if (is_otherwise(graph)) continue;
    const auto inputs = test::random_inputs(graph, random);
    try {
      const auto found = run_opencv(graph, inputs);
      EXPECT_LE(test::difference({found}, {test::run_reference(graph, inputs).back()}), 1e-4);
      ++agreed;
    } catch (const cv::Exception&) {
    }
  }
  EXPECT_GE(agreed, GetParam().at_least);
}

INSTANTIATE_TEST_SUITE_P(
    OfEach, OpencvParity,
    testing::Values(Expected{"Conv", 10}, Expected{"ConvGrouped", 10},
                    Expected{"ConvDepthwise", 10}, Expected{"MatMul", 5},
                    Expected{"GlobalMaxPool", 15}, Expected{"GlobalAveragePool", 15},
                    Expected{"BatchNormalization", 10}, Expected{"Relu", 15},
                    Expected{"LeakyRelu", 15}, Expected{"Sigmoid", 15}, Expected{"Tanh", 15},
                    Expected{"Elu", 15}, Expected{"HardSwish", 15}, Expected{"HardSigmoid", 15},
                    Expected{"PRelu", 15}, Expected{"Mul", 8}, Expected{"Div", 8},
                    Expected{"Concat", 10}, Expected{"Pad", 10}, Expected{"Reshape", 5},
                    Expected{"Transpose", 15}, Expected{"Slice", 5}, Expected{"ReduceMean", 10}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mien
