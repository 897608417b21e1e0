// The engine on oneDNN against the reference, operator by operator, over random shapes and
// attributes.
#include <gtest/gtest.h>

#include "graph_maker.h"
#include "inference/graph/simplify.h"
#include "inference/graph/unsupported.h"
#include "random_nodes.h"

namespace mien {
namespace {

using test::difference;
using test::to_text;

constexpr int kCases = 30;
constexpr double kFloatTolerance = 1e-4;
// Eight bits of mantissa.
constexpr double kHalfTolerance = 2e-2;

/// Whether the engine runs the graph; what it gives is compared.
bool agrees(const Graph& graph, const std::vector<test::Reals>& inputs,
            const std::vector<test::Reals>& expected, const OnednnOptions& options,
            double tolerance) {
  try {
    const auto found = test::run_onednn(simplify(graph), inputs, options);
    EXPECT_LE(difference(found, expected), tolerance);
    return true;
  } catch (const Unsupported&) {
    return false;
  }
}

class EngineParity : public testing::TestWithParam<test::RandomNode> {};

TEST_P(EngineParity, OneDnnAgreesWithTheReference) {
  int supported = 0;
  for (unsigned seed = 0; seed < kCases; ++seed) {
    std::mt19937 random(seed * 7919 + 17);
    const auto [maker, expected_support] = GetParam().make(random);
    const auto graph = maker.graph();
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + to_text(graph));
    const auto inputs = test::random_inputs(graph, random);
    const auto expected = test::run_reference(graph, inputs);
    for (const bool thorough : {false, true}) {
      const OnednnOptions options{Precision::float32, 1, thorough, {}};
      EXPECT_EQ(agrees(graph, inputs, expected, options, kFloatTolerance), expected_support)
          << "thorough " << thorough;
    }
    supported += expected_support ? 1 : 0;
  }
  EXPECT_GE(supported, kCases / 5);
}

TEST_P(EngineParity, InHalfPrecisionToo) {
  if (!has_instructions_for(Precision::bfloat16)) GTEST_SKIP() << "no instructions for bfloat16";
  for (unsigned seed = 0; seed < kCases / 2; ++seed) {
    std::mt19937 random(seed * 104729 + 3);
    const auto [maker, expected_support] = GetParam().make(random);
    const auto graph = maker.graph();
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + to_text(graph));
    const auto inputs = test::random_inputs(graph, random);
    const auto expected = test::run_reference(graph, inputs);
    const OnednnOptions options{Precision::bfloat16, 1, true, {}};
    EXPECT_EQ(agrees(graph, inputs, expected, options, kHalfTolerance), expected_support);
  }
}

INSTANTIATE_TEST_SUITE_P(OfEach, EngineParity, testing::ValuesIn(test::random_nodes()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mien
