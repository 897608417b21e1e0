// Every recipe for expressions that is shipped: two steps of training, an export, and the same
// answers from the engine that serves it.
#include <gtest/gtest.h>

#include <set>

#include "made_dataset.h"
#include "mien/network.h"
#include "recording_observer.h"
#include "train/checkpoint.h"
#include "train/exporter/exporter.h"
#include "train/expression_network.h"
#include "train/trainer.h"

namespace mien::train {
namespace {

constexpr int kBatch = 7;
constexpr double kLargestDifference = 1e-3;

/// The recipe's text with a key of one of its tables set.
std::string with(std::string text, const std::string& table, const std::string& key, int value) {
  const auto start = text.find("[" + table + "]\n");
  const auto line = text.find("\n" + key + " = ", start);
  if (line < text.find("\n[", start)) text.erase(line, text.find('\n', line + 1) - line);
  return text.insert(start + table.size() + 3, key + " = " + std::to_string(value) + "\n");
}

/// One short epoch of a narrow network.
std::string shortened(std::string text) {
  text = with(text, "architecture", "width", 8);
  text = with(text, "training", "epochs", 1);
  return with(text, "training", "batch_size", kBatch);
}

class ShippedRecipes : public testing::Test {
 protected:
  ShippedRecipes() { test::write_made_fer2013(folder_.path(), 2 * kBatch, 7); }

  void expect_trains_and_exports(const std::string& name, const Recipe& recipe) {
    const auto run = folder_.path() / name;
    RecordingObserver observer;
    train({.recipe = recipe,
           .data = {folder_.path() / "fer2013.csv", folder_.path() / "fer2013new.csv", {}},
           .out = run,
           .device = "cpu",
           .threads = 1},
          observer);
    EXPECT_EQ(observer.batches, 2);
    const auto card = export_run(run, run / "model.onnx");
    ExpressionNetwork network(recipe.architecture, recipe.dropout);
    load_weights(run / "best.pt", network, torch::kCPU);
    EXPECT_EQ(card.parameters, network.parameter_count());
    EXPECT_GT(card.multiply_adds, 0);
    EXPECT_EQ(card.vote_labels.empty(), recipe.loss.votes_weight == 0);
    expect_same_answers(run / "model.onnx", network, card);
  }

 private:
  static void expect_same_answers(const std::filesystem::path& model, ExpressionNetwork& network,
                                  const ModelCard& card) {
    const torch::NoGradGuard no_gradient;
    network.eval();
    torch::manual_seed(5);
    const auto pictures = torch::randn({3, 1, card.input.height, card.input.width});
    const auto said = network.forward(pictures);
    const auto expected = card.vote_labels.empty() ? said.logits.contiguous()
                                                   : torch::cat({said.logits, said.votes}, 1);
    const auto logits = make_network(model)->run(
        {pictures.data_ptr<float>(), static_cast<std::size_t>(pictures.numel())});
    ASSERT_EQ(logits.size(), static_cast<std::size_t>(expected.numel()));
    const auto found = torch::from_blob(const_cast<float*>(logits.data()), expected.sizes());
    EXPECT_LE((found - expected).abs().max().item<double>(),
              kLargestDifference * std::max(1.0, expected.abs().max().item<double>()));
  }

  test::TemporaryFolder folder_;
};

TEST_F(ShippedRecipes, TrainExportAndAgree) {
  const auto recipes = test::path_from_environment("MIEN_SOURCE_DIR") / "recipes";
  std::set<std::string> architectures;
  for (const auto& file : std::filesystem::recursive_directory_iterator(recipes)) {
    if (!file.is_regular_file()) continue;
    SCOPED_TRACE(file.path());
    const auto shipped = read_recipe(file.path());
    if (shipped.task != "expression") continue;
    auto recipe = parse_recipe(shortened(shipped.text), file.path());
    recipe.distillation.weight = 0;  // its teachers are runs of other recipes
    ASSERT_EQ(recipe.training.epochs, 1);
    ASSERT_EQ(recipe.architecture.width, 8);
    expect_trains_and_exports(file.path().stem(), recipe);
    architectures.insert(recipe.architecture.name);
  }
  for (const auto& name : architecture_names()) {
    EXPECT_TRUE(architectures.contains(name)) << name << " has no recipe";
  }
}

}  // namespace
}  // namespace mien::train
