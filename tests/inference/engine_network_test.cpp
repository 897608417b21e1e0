// Whole networks by the engine on oneDNN and by the reference.
#include <gtest/gtest.h>

#include <array>

#include "graph_maker.h"
#include "inference/graph/simplify.h"
#include "mien/error.h"
#include "random_network.h"

namespace mien {
namespace {

using test::difference;
using test::GraphMaker;
using test::Integers;
using test::Reals;

constexpr double kTolerance = 1e-4;

/// By oneDNN after simplify(), twice by the same executor, against the reference before it.
void expect_agreement(const Graph& graph, std::mt19937& random, bool thorough = true) {
  SCOPED_TRACE(test::to_text(graph));
  const auto inputs = test::random_inputs(graph, random);
  const auto expected = test::run_reference(graph, inputs);
  const auto simplified = simplify(graph);
  const OnednnOptions options{Precision::float32, 1, thorough, {}};
  const auto executor = make_onednn_executor(simplified, options, make_onednn_constants());
  EXPECT_LE(difference(test::run(*executor, graph, inputs), expected), kTolerance);
  EXPECT_LE(difference(test::run(*executor, graph, inputs), expected), kTolerance);
  EXPECT_LE(difference(test::run_reference(simplified, inputs), expected), kTolerance);
}

int pointwise(GraphMaker& maker, std::mt19937& random, int value, std::int64_t channels) {
  return maker.node("Conv", {value, maker.random_constant({channels, channels, 1, 1}, random, 0.3F),
                             maker.random_constant({channels}, random)});
}

/// An addition may be done in the memory of what is added only when nobody reads that any more:
/// neither a node that stands before it and runs behind it, together with one that it is fused
/// with, ...
TEST(AdditionInPlace, NotBeforeAReaderWhoseGroupRunsLater) {
  std::mt19937 random(1);
  GraphMaker maker;
  const int input = maker.input({2, 16, 5, 5});
  const int shared = pointwise(maker, random, input, 16);
  const int other = pointwise(maker, random, input, 16);
  const int early = pointwise(maker, random, shared, 16);  // runs with the Relu below
  const int sum = maker.node("Add", {pointwise(maker, random, other, 16), shared});
  maker.output(maker.node("Relu", {early}));
  maker.output(sum);
  expect_agreement(maker.graph(), random);
  expect_agreement(maker.graph(), random, false);
}

/// ... nor the same group a second time, ...
TEST(AdditionInPlace, NotWhenTheGroupReadsItTwice) {
  std::mt19937 random(2);
  for (const std::int64_t channels : {16, 64, 256}) {
    GraphMaker maker;
    const int input = maker.input({1, channels, 6, 6});
    const int shared = pointwise(maker, random, input, channels);
    const int other = pointwise(maker, random, maker.node("Sigmoid", {input}), channels);
    const int sum = maker.node("Relu", {maker.node("Add", {other, shared})});
    maker.output(maker.node("Mul", {sum, shared}));
    expect_agreement(maker.graph(), random);
  }
}

/// ... nor what is the same bytes in another shape, ...
TEST(AdditionInPlace, NotWhenAViewIsReadLater) {
  std::mt19937 random(3);
  GraphMaker maker;
  const int input = maker.input({2, 16, 5, 5});
  const int pooled = maker.node("GlobalAveragePool", {input});
  const int flat = maker.node("Flatten", {pooled});
  const int sum = maker.node(
      "Add", {pointwise(maker, random, maker.node("GlobalMaxPool", {input}), 16), pooled});
  maker.output(sum);
  maker.output(maker.node("Softmax", {flat}));
  expect_agreement(maker.graph(), random);
}

/// ... nor an output.
TEST(AdditionInPlace, NotOfAnOutput) {
  std::mt19937 random(4);
  GraphMaker maker;
  const int input = maker.input({1, 16, 5, 5});
  const int shared = pointwise(maker, random, input, 16);
  maker.output(shared);
  maker.output(maker.node("Add", {pointwise(maker, random, input, 16), shared}));
  maker.output(input);
  expect_agreement(maker.graph(), random);
}

TEST(Fusion, OfAChainLongerThanOneDnnTakes) {
  std::mt19937 random(5);
  GraphMaker maker;
  int value = pointwise(maker, random, maker.input({1, 16, 5, 5}), 16);
  for (int i = 0; i < 70; ++i) {
    value = maker.node(i % 2 == 0 ? "HardSigmoid" : "LeakyRelu", {value},
                       {{"alpha", i % 2 == 0 ? 0.9F : 0.1F}});
  }
  maker.output(value);
  expect_agreement(maker.graph(), random);
}

/// A computed operand with fewer axes is converted, not taken for what it is not: in blocks of
/// channels that it does not fill, and in half precision.
TEST(Fusion, WithOperandsOfFewerAxes) {
  for (const auto& shape :
       {Shape{5, 1, 1}, Shape{16, 1, 1}, Shape{1, 6}, Shape{6, 1}, Shape{6, 6}}) {
    std::mt19937 random(6);
    GraphMaker maker;
    const auto channels = shape.size() == 3 ? shape[0] : 19;
    const int input = maker.input({2, channels, 6, 6});
    const int operand = maker.node("Tanh", {maker.input(shape)});
    const int product = maker.node("Mul", {pointwise(maker, random, input, channels), operand});
    maker.output(maker.node("Add", {operand, product}));
    const auto graph = maker.graph();
    expect_agreement(graph, random);
    if (!has_instructions_for(Precision::bfloat16)) continue;
    const auto inputs = test::random_inputs(graph, random);
    EXPECT_LE(difference(test::run_onednn(graph, inputs, {Precision::bfloat16, 1, true, {}}),
                         test::run_reference(graph, inputs)),
              2e-2);
  }
}

TEST(Fusion, AColumnIsNoBias) {
  std::mt19937 random(7);
  GraphMaker maker;
  const int input = maker.input({4, 3});
  maker.output(maker.node("Gemm", {input, maker.random_constant({3, 4}, random),
                                   maker.random_constant({4, 1}, random)}));
  const auto graph = maker.graph();
  EXPECT_THROW(test::run_onednn(graph, test::random_inputs(graph, random)), Error);
}

/// The border is not folded into a convolution that reads it as its weights.
TEST(Simplify, PaddedWeightsStayPadded) {
  std::mt19937 random(8);
  GraphMaker maker;
  const int input = maker.input({1, 2, 4, 4});
  const int padded =
      maker.node("Pad", {maker.input({1, 2, 1, 1}), maker.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  maker.output(maker.node("Conv", {input, padded}));
  const auto graph = maker.graph();
  const auto inputs = test::random_inputs(graph, random);
  EXPECT_EQ(
      difference(test::run_reference(simplify(graph), inputs), test::run_reference(graph, inputs)),
      0);
}

TEST(Simplify, ABorderWiderThanAConvolutionsStays) {
  std::mt19937 random(9);
  GraphMaker maker;
  const int wide =
      maker.node("Pad", {maker.input({1, 1, 1, 1}), maker.integers({0, 0, 0, 5000, 0, 0, 0, 0})});
  maker.output(maker.node("Conv", {wide, maker.random_constant({1, 1, 1, 1}, random)}));
  expect_agreement(maker.graph(), random);
}

class RandomNetworks : public testing::TestWithParam<int> {};

TEST_P(RandomNetworks, OneDnnAgreesWithTheReference) {
  constexpr std::array<std::int64_t, 7> kBatches = {1, 2, 3, 5, 8, 9, 16};
  constexpr unsigned kNetworks = 6;
  for (unsigned i = 0; i < kNetworks; ++i) {
    const auto seed = static_cast<unsigned>(GetParam()) * kNetworks + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto batch = kBatches[seed % kBatches.size()];
    const auto graph = test::random_network(random, batch, batch > 8 ? 8 : 24);
    expect_agreement(graph, random, seed % 3 != 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range(0, 8));

}  // namespace
}  // namespace mien
