// Whole networks by the engine on oneDNN and by the reference.
#include <gtest/gtest.h>

#include <array>

#include "graph_maker.h"
#include "inference/graph/simplify.h"
#include "random_network.h"

namespace mien {
namespace {

using test::difference;

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
