// Checkpoints, the run's folder and whole runs in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "made_dataset.h"
#include "mien/error.h"
#include "recording_observer.h"
#include "train/checkpoint.h"
#include "train/expression_network.h"
#include "train/metrics_log.h"
#include "train/optimiser.h"
#include "train/trainer.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

class RunTest : public testing::Test {
 protected:
  RunTest() { test::write_made_fer2013(folder_.path(), 224, 70); }

  TrainOptions options(const std::string& recipe, const std::string& out) const {
    return {.recipe = parse_recipe(recipe, "made.toml"),
            .data = {folder_.path() / "fer2013.csv", folder_.path() / "fer2013new.csv", {}},
            .out = folder_.path() / out,
            .device = "cpu",
            .threads = 1};
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

std::string failure(const std::function<void()>& work, ErrorCode expected) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), expected) << error.what();
    return error.what();
  }
  return "no error";
}

TEST_F(RunTest, LearnsWhatCanBeLearnt) {
  RecordingObserver observer;
  const auto result = train(options(test::made_recipe("mini_xception", 8), "run"), observer);
  EXPECT_GT(result.metrics.at("accuracy"), 0.6);  // a guess is right in 0.14
  EXPECT_EQ(observer.epochs.size(), 8U);
  EXPECT_EQ(observer.last_batch.images_done, 224U);
  EXPECT_LT(observer.epochs.back().train_loss, observer.epochs.front().train_loss);
  for (const auto* name : {"recipe.toml", "environment.json", "metrics.jsonl", "checkpoint.pt",
                           "best.pt", "result.json"}) {
    EXPECT_TRUE(std::filesystem::exists(folder() / "run" / name)) << name;
  }
  EXPECT_DOUBLE_EQ(RunFolder(folder() / "run").read_result().temperature, result.temperature);
}

TEST_F(RunTest, SameSeedSameMetrics) {
  RecordingObserver first;
  RecordingObserver second;
  train(options(test::made_recipe("vgg_se", 1), "a"), first);
  train(options(test::made_recipe("vgg_se", 1), "b"), second);
  EXPECT_EQ(first.epochs[0].train_loss, second.epochs[0].train_loss);
  EXPECT_EQ(first.epochs[0].validation, second.epochs[0].validation);
}

TEST_F(RunTest, StopsEarlyAndMeasuresAFinishedRunAgain) {
  RecordingObserver observer;
  const auto recipe = test::made_recipe("mini_xception", 40, "early_stopping_patience = 1\n") +
                      "[schedule]\nname = \"constant\"\n";
  const auto result = train(options(recipe, "run"), observer);
  EXPECT_LT(observer.epochs.size(), 40U);
  EXPECT_FALSE(observer.epochs.back().best);

  RecordingObserver again;
  auto resumed = options(recipe, "run");
  resumed.resume = true;
  EXPECT_EQ(train(resumed, again).metrics, result.metrics);
  EXPECT_TRUE(again.epochs.empty());
}

TEST_F(RunTest, RefusesToMixRuns) {
  RecordingObserver observer;
  train(options(test::made_recipe("mini_xception", 1), "run"), observer);
  EXPECT_THAT(
      failure([&] { train(options(test::made_recipe("mini_xception", 1), "run"), observer); },
              ErrorCode::usage),
      HasSubstr("holds a run already"));
  auto other = options(test::made_recipe("mini_xception", 2), "run");
  other.resume = true;
  EXPECT_THAT(failure([&] { train(other, observer); }, ErrorCode::usage),
              HasSubstr("begun with another recipe"));
  other.out = folder() / "nothing";
  EXPECT_THAT(failure([&] { train(other, observer); }, ErrorCode::input),
              HasSubstr("holds no run"));
}

torch::Tensor parameter_of(const std::filesystem::path& weights, const std::string& name) {
  ExpressionNetwork network({.name = "mini_xception", .width = 8}, 0.1);
  load_weights(weights, network, torch::kCPU);
  return network.named_parameters()[name].detach();
}

TEST_F(RunTest, BeginsWithGivenWeightsAndNeedsThemOnce) {
  RecordingObserver observer;
  train(options(test::made_recipe("mini_xception", 1), "first"), observer);
  const auto recipe = test::made_recipe("mini_xception", 3, "frozen_epochs = 1\n");
  auto whole = options(recipe, "whole");
  whole.init = folder() / "first";
  train(whole, observer);
  ASSERT_EQ(observer.notes.size(), 1U);
  EXPECT_THAT(observer.notes[0], HasSubstr("tensors used, 0 of another shape, 0 that"));
  const auto list = nlohmann::json::parse(test::read_text(folder() / "whole" / "init.json"));
  EXPECT_GT(list.at("used").size(), 50U);
  EXPECT_EQ(RunFolder(folder() / "whole").read_environment().at("init"),
            (folder() / "first").string());

  auto killed = options(recipe, "killed");
  killed.init = folder() / "copy.pt";
  std::filesystem::copy_file(folder() / "first" / "best.pt", killed.init);
  RecordingObserver killing;
  killing.killing = true;
  EXPECT_THROW(train(killed, killing), std::runtime_error);
  std::filesystem::remove(killed.init);
  killed.init.clear();
  killed.resume = true;
  const auto epochs_before = observer.epochs.size();
  train(killed, observer);
  ASSERT_EQ(observer.epochs.size(), epochs_before + 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(observer.epochs[epochs_before + i].train_loss,
              observer.epochs[epochs_before - 3 + i].train_loss);
  }
}

TEST_F(RunTest, FrozenEpochsLeaveTheGivenWeightsAlone) {
  RecordingObserver observer;
  train(options(test::made_recipe("mini_xception", 1), "first"), observer);
  auto frozen = options(test::made_recipe("mini_xception", 2, "frozen_epochs = 2\n"), "frozen");
  frozen.init = folder() / "first";
  train(frozen, observer);
  const auto first = folder() / "first" / "best.pt";
  const auto then = folder() / "frozen" / "best.pt";
  const auto* inner = "architecture.stem_1.weight";
  // But for the rounding of the weights' average.
  EXPECT_TRUE(torch::allclose(parameter_of(then, inner), parameter_of(first, inner)));
  EXPECT_FALSE(
      parameter_of(then, "expression.weight").equal(parameter_of(first, "expression.weight")));
}

TEST_F(RunTest, RandomWeightsAreNotFrozen) {
  RecordingObserver observer;
  train(options(test::made_recipe("mini_xception", 1), "plain"), observer);
  train(options(test::made_recipe("mini_xception", 1, "frozen_epochs = 1\n"), "run"), observer);
  ASSERT_EQ(observer.notes.size(), 1U);
  EXPECT_THAT(observer.notes[0], HasSubstr("frozen_epochs is taken as 0"));
  EXPECT_EQ(observer.epochs[0].train_loss, observer.epochs[1].train_loss);
}

TEST_F(RunTest, RefusesWeightsThatAreNotThereOrComeTooLate) {
  RecordingObserver observer;
  auto run = options(test::made_recipe("mini_xception", 1), "run");
  run.init = folder() / "none.pth";
  EXPECT_THAT(failure([&] { train(run, observer); }, ErrorCode::input), HasSubstr("none.pth"));
  run.init = folder() / "fer2013.csv";
  EXPECT_THAT(failure([&] { train(run, observer); }, ErrorCode::model),
              HasSubstr("neither PyTorch's nor safetensors'"));
  EXPECT_FALSE(std::filesystem::exists(run.out));
  run.resume = true;
  EXPECT_THAT(failure([&] { train(run, observer); }, ErrorCode::usage),
              HasSubstr("leave it away with --resume"));
}

TEST_F(RunTest, AsksForVotesThatTheRecipeNeeds) {
  RecordingObserver observer;
  auto without = options(test::made_recipe("mini_xception", 1), "run");
  without.data.votes.clear();
  EXPECT_THAT(failure([&] { train(without, observer); }, ErrorCode::usage), HasSubstr("--votes"));
  EXPECT_FALSE(std::filesystem::exists(without.out));
}

TEST_F(RunTest, NamesALossThatIsNoNumber) {
  RecordingObserver observer;
  auto wild =
      options(test::made_recipe("mini_xception", 3) + "[schedule]\nname = \"constant\"\n", "run");
  wild.recipe.optimiser.learning_rate = 1e30;
  EXPECT_THAT(failure([&] { train(wild, observer); }, ErrorCode::internal),
              HasSubstr("no longer a number"));
}

TEST_F(RunTest, ResumingTakesTheThreadsOfTheRunAndTellsOtherDifferences) {
  RecordingObserver observer;
  auto run = options(test::made_recipe("mini_xception", 1), "run");
  train(run, observer);
  run.resume = true;
  run.threads = 0;
  train(run, observer);
  EXPECT_TRUE(observer.notes.empty());
  run.threads = 2;
  train(run, observer);
  ASSERT_EQ(observer.notes.size(), 1U);
  EXPECT_THAT(observer.notes[0], HasSubstr("begun with threads 1 and goes on with 2"));
}

/// What a run has in its hands after a step.
struct Saved {
  explicit Saved(int width = 0)
      : network({.name = "mini_xception", .width = width}, 0),
        average({.name = "mini_xception", .width = width}, 0),
        optimiser(make_optimiser({}, network)) {}

  void step() {
    torch::manual_seed(2);
    optimiser->zero_grad();
    network.forward(torch::randn({4, 1, 48, 48})).logits.square().sum().backward();
    optimiser->step();
  }

  TrainingState state() { return {network, &average, *optimiser}; }

  ExpressionNetwork network;
  ExpressionNetwork average;
  std::unique_ptr<torch::optim::Optimizer> optimiser;
};

void expect_same_weights(const ExpressionNetwork& a, const ExpressionNetwork& b) {
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    EXPECT_TRUE(a.parameters()[i].equal(b.parameters()[i]));
  }
}

TEST_F(RunTest, CheckpointKeepsEverything) {
  Saved saved;
  saved.step();
  const Progress progress{.epochs_done = 3,
                          .average_updates = 1234567,
                          .best_accuracy = 0.625,
                          .epochs_without_gain = 2,
                          .schedule = {0.1, 0.75, 4}};
  const auto path = folder() / "checkpoint.pt";
  save_checkpoint(path, saved.state(), progress);
  Saved loaded;
  const auto read = load_checkpoint(path, loaded.state(), torch::kCPU);
  EXPECT_EQ(read.epochs_done, 3);
  EXPECT_EQ(read.average_updates, 1234567);
  EXPECT_EQ(read.best_accuracy, 0.625);
  EXPECT_EQ(read.epochs_without_gain, 2);
  EXPECT_EQ(read.schedule.best_loss, 0.75);
  EXPECT_EQ(read.schedule.epochs_without_gain, 4);
  expect_same_weights(saved.network, loaded.network);
  expect_same_weights(saved.average, loaded.average);
  saved.step();  // the same only with the optimiser's momentum
  loaded.step();
  expect_same_weights(saved.network, loaded.network);
}

TEST_F(RunTest, BrokenCheckpointIsOneClearError) {
  Saved saved;
  const auto path = folder() / "checkpoint.pt";
  save_checkpoint(path, saved.state(), {});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto load = [&] { load_checkpoint(path, saved.state(), torch::kCPU); };
  EXPECT_THAT(failure(load, ErrorCode::model), HasSubstr("not a checkpoint"));
  test::write_text(path, "text");
  EXPECT_THAT(failure(load, ErrorCode::model), HasSubstr("not a checkpoint"));
  std::filesystem::remove(path);
  EXPECT_THAT(failure(load, ErrorCode::input), HasSubstr("cannot be read"));

  save_weights(path, saved.network);
  ExpressionNetwork other({.name = "vgg_se"}, 0);
  ExpressionNetwork wider({.name = "mini_xception", .width = 16}, 0);
  for (auto* wrong : {&other, &wider}) {
    EXPECT_THAT(failure([&] { load_weights(path, *wrong, torch::kCPU); }, ErrorCode::model),
                HasSubstr("not a checkpoint of this recipe"));
  }
}

/// No file may grow beyond a limit while it lives, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limited = before_;
    limited.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(RunTest, AFullDiskLeavesTheLastCheckpoint) {
  Saved saved;
  const auto path = folder() / "run" / "checkpoint.pt";
  save_checkpoint(path, saved.state(), {.epochs_done = 1});
  {
    const FullDisk full(10000);
    EXPECT_THAT(failure([&] { save_checkpoint(path, saved.state(), {.epochs_done = 2}); },
                        ErrorCode::internal),
                HasSubstr("cannot write"));
  }
  EXPECT_EQ(load_checkpoint(path, saved.state(), torch::kCPU).epochs_done, 1);
  const std::filesystem::directory_iterator files(path.parent_path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a partial file is left";
}

TEST_F(RunTest, MetricsLogDropsEpochsThatRunAgain) {
  const auto path = folder() / "metrics.jsonl";
  MetricsLog first(path, 0);
  for (int epoch = 1; epoch <= 3; ++epoch) first.append({.epoch = epoch, .train_loss = 1.0});
  MetricsLog(path, 2).append({.epoch = 3, .train_loss = 2.0});
  test::write_text(folder() / "odd.jsonl", "5\n{}\n");
  MetricsLog(folder() / "odd.jsonl", 2).append({.epoch = 3});  // what is no metrics is left out
  EXPECT_THAT(test::read_text(folder() / "odd.jsonl"), testing::StartsWith("{\"epoch\":3,"));
  std::istringstream lines(test::read_text(path));
  std::vector<double> losses;
  for (std::string line; std::getline(lines, line);) {
    losses.push_back(nlohmann::json::parse(line).at("train_loss"));
  }
  EXPECT_THAT(losses, testing::ElementsAre(1.0, 1.0, 2.0));
}

}  // namespace
}  // namespace mien::train
