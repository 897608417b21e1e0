#include "train/architecture/architecture.h"

#include <gtest/gtest.h>

#include "mien/error.h"
#include "train/expression_network.h"

namespace mien::train {
namespace {

TEST(Architecture, EachGivesSevenLogitsAndEightVotes) {
  for (const auto& name : architecture_names()) {
    ExpressionNetwork network({.name = name}, 0.1);
    use_channels_last(network);
    const auto outputs = network.forward(torch::randn({3, 1, 48, 48}));
    EXPECT_EQ(outputs.logits.sizes(), (std::vector<std::int64_t>{3, 7})) << name;
    EXPECT_EQ(outputs.votes.sizes(), (std::vector<std::int64_t>{3, 8})) << name;
    (outputs.logits.sum() + outputs.votes.sum()).backward();
    for (const auto& parameter : network.named_parameters()) {
      EXPECT_TRUE(parameter.value().grad().defined()) << name << " " << parameter.key();
    }
  }
}

TEST(Architecture, SizesAreAsDocumented) {
  EXPECT_LT(ExpressionNetwork({.name = "mini_xception"}, 0).parameter_count(), 60000);
  EXPECT_LT(ExpressionNetwork({.name = "vgg_se"}, 0).parameter_count(), 2500000);
  EXPECT_LT(ExpressionNetwork({.name = "vgg_se", .width = 16}, 0).parameter_count(), 650000);
}

TEST(Architecture, UnknownNameListsTheKnownOnes) {
  try {
    make_architecture({.name = "resnet"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "recipe: architecture 'resnet' is unknown; choose one of: vgg_se, mini_xception");
  }
}

}  // namespace
}  // namespace mien::train
