#include "train/exporter/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "inference/face_network.h"
#include "made_dataset.h"
#include "mien/error.h"
#include "mien/expression.h"
#include "mien/models.h"
#include "mien/network.h"
#include "train/architecture/architecture.h"
#include "train/architecture/face_architecture.h"
#include "train/checkpoint.h"
#include "train/expression_network.h"
#include "train/run_folder.h"

namespace mien::train {
namespace {

constexpr std::int64_t kMultiplyAdds = 20'000'000'000;  // what a parity test may cost
constexpr double kLargestDifference = 1e-3;

/// A run whose network has lived: its normalisations have seen data and are no identity.
void write_run(const std::filesystem::path& folder, const std::string& architecture, int width,
               ExpressionNetwork& network) {
  torch::manual_seed(11);
  const torch::NoGradGuard no_gradient;
  for (auto& buffer : network.named_buffers()) {
    if (buffer.key().find("running_mean") != std::string::npos) buffer.value().normal_(0, 0.2);
    if (buffer.key().find("running_var") != std::string::npos) buffer.value().uniform_(0.3, 2);
  }
  for (auto& parameter : network.named_parameters()) {
    if (parameter.key().find("normalisation") != std::string::npos) {
      parameter.value().uniform_(0.5, 1.5);
    }
  }
  const RunFolder run(folder);
  auto recipe = test::made_recipe(architecture, 1);
  if (width == 0) recipe.erase(recipe.find("width = 8\n"), 10);
  run.create(parse_recipe(recipe, "made.toml"), {{"commit", "abc"}});
  save_weights(run.best_weights(), network);
  run.write_result({.best_epoch = 1, .temperature = 1.5, .metrics = {{"accuracy", 0.5}}});
}

class ExporterTest : public testing::Test {
 protected:
  std::filesystem::path run() const { return folder_.path() / "run"; }
  std::filesystem::path model() const { return folder_.path() / "model.onnx"; }

 private:
  test::TemporaryFolder folder_;
};

class ExporterParity : public ExporterTest, public testing::WithParamInterface<std::string> {};

TEST_P(ExporterParity, SaysWhatTheNetworkSays) {
  ExpressionNetwork network({.name = GetParam()}, 0.1);
  write_run(run(), GetParam(), 0, network);
  const auto card = export_run(run(), model());

  torch::manual_seed(12);
  const auto count =
      std::clamp<std::int64_t>(kMultiplyAdds / network.multiply_adds(48, 48), 4, 512);
  const auto pictures = torch::randn({count, 1, 48, 48});
  network.eval();
  const torch::NoGradGuard no_gradient;
  const auto said = network.forward(pictures);
  const auto expected = card.vote_labels.empty() ? said.logits.contiguous()
                                                 : torch::cat({said.logits, said.votes}, 1);
  const auto logits = make_network(model())->run(
      {pictures.data_ptr<float>(), static_cast<std::size_t>(pictures.numel())});
  ASSERT_EQ(logits.size(), static_cast<std::size_t>(expected.numel()));
  const auto found = torch::from_blob(const_cast<float*>(logits.data()), expected.sizes());
  const auto spread = expected.std().item<double>();
  EXPECT_GT(spread, 0.005) << "the test would not see a difference";
  EXPECT_LE((found - expected).abs().max().item<double>(),
            kLargestDifference * std::max(1.0, spread));
}

INSTANTIATE_TEST_SUITE_P(Architectures, ExporterParity, testing::ValuesIn(architecture_names()));

TEST_F(ExporterTest, ADetectorSaysWhatItsNetworkSays) {
  torch::manual_seed(13);
  const auto network = make_face_architecture({.name = "separable_pyramid"});
  const torch::NoGradGuard no_gradient;
  for (auto& buffer : network->named_buffers()) {
    if (buffer.key().find("running_mean") != std::string::npos) buffer.value().normal_(0, 0.2);
    if (buffer.key().find("running_var") != std::string::npos) buffer.value().uniform_(0.3, 2);
  }
  const RunFolder folder(run());
  folder.create(parse_recipe("name = \"made\"\ntask = \"detection\"\n[architecture]\nname = "
                             "\"separable_pyramid\"\n",
                             "made.toml"),
                {{"commit", "abc"}});
  save_weights(folder.best_weights(), *network);
  folder.write_result({.best_epoch = 1, .temperature = 1, .metrics = {{"best_f1_score", 0.4}}});
  const auto card = export_run(run(), model(), {.framing = {.margin = 0.9, .shift_down = 0.1}});
  EXPECT_EQ(card.task, "detection");
  EXPECT_EQ(card.detector.min_score, 0.4);
  EXPECT_EQ(card.detector.framing.margin, 0.9);
  EXPECT_EQ(export_run(run(), model(), {.min_score = 0.7}).detector.min_score, 0.7);
  export_run(run(), model(), {.framing = {.margin = 0.9, .shift_down = 0.1}});

  Image picture(128, 96, PixelFormat::bgr);
  for (auto& value : picture.pixels()) value = static_cast<std::uint8_t>(std::rand() % 256);
  FaceNetwork served(model(), {.precision = mien::Precision::float32});
  EXPECT_EQ(to_json(served.card()), to_json(card));
  const auto found = served.run(picture.view());
  network->eval();
  const auto bytes = torch::from_blob(picture.pixels().data(), {1, 96, 128, 3}, torch::kByte);
  const auto expected = network->forward(bytes.permute({0, 3, 1, 2}).to(torch::kFloat));
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto wanted = expected[i].contiguous();
    ASSERT_EQ(found[i].values.size(), static_cast<std::size_t>(wanted.numel()));
    const auto got = torch::from_blob(const_cast<float*>(found[i].values.data()), wanted.sizes());
    EXPECT_GT(wanted.std().item<double>(), 0.05) << "the test would not see a difference";
    EXPECT_LE((got - wanted).abs().max().item<double>(), kLargestDifference);
  }
}

TEST_F(ExporterTest, TheCardTellsHowTheModelWasMade) {
  ExpressionNetwork network({.name = "mini_xception", .width = 8}, 0.1);
  write_run(run(), "mini_xception", 8, network);
  const auto card = export_run(run(), model());
  const auto read = read_model_card(model());
  EXPECT_EQ(to_json(read), to_json(card));
  EXPECT_EQ(read.name, "made");
  EXPECT_EQ(read.parameters, network.parameter_count());
  EXPECT_EQ(read.multiply_adds, network.multiply_adds(48, 48));
  EXPECT_EQ(read.labels.size(), kExpressionCount);
  EXPECT_EQ(read.temperature, 1.5);
  EXPECT_EQ(read.metrics.at("accuracy"), 0.5);
  EXPECT_EQ(read.recipe, test::made_recipe("mini_xception", 1));
  EXPECT_EQ(read.commit, "abc");
  EXPECT_EQ(read.seed, 3U);
  EXPECT_EQ(read.training_split, "Training");
  EXPECT_EQ(read.selection_split, "PublicTest");
  EXPECT_EQ(read.training_data, "FER-2013 with FER+ votes");
  EXPECT_THAT(read.licence, testing::HasSubstr("research"));
  EXPECT_FALSE(read.intended_use.empty());
  EXPECT_FALSE(read.misuse.empty());
}

TEST_F(ExporterTest, AnUnfinishedRunIsOneClearError) {
  ExpressionNetwork network({.name = "mini_xception", .width = 8}, 0.1);
  write_run(run(), "mini_xception", 8, network);
  std::filesystem::remove(run() / "result.json");
  try {
    export_run(run(), model());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input);
    EXPECT_THAT(error.what(), testing::HasSubstr("not finished"));
  }
  EXPECT_FALSE(std::filesystem::exists(model()));
  EXPECT_THROW(export_run("/does/not/exist", model()), Error);
}

}  // namespace
}  // namespace mien::train
