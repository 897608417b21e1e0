#include "train/repeated_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "made_dataset.h"
#include "mien/error.h"
#include "recording_observer.h"

namespace mien::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RepeatedRuns : public testing::Test {
 protected:
  RepeatedRuns() { test::write_made_fer2013(folder_.path(), 84, 28); }

  TrainOptions options() const {
    return {.recipe = parse_recipe(test::made_recipe("mini_xception", 1), "made.toml"),
            .data = {folder_.path() / "fer2013.csv", folder_.path() / "fer2013new.csv", {}},
            .out = folder_.path() / "runs",
            .device = "cpu",
            .threads = 1};
  }

  RunFolder run(const std::string& name) const { return RunFolder(options().out / name); }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(RepeatedRuns, SeedsMakeRunsOfTheirOwn) {
  RecordingObserver observer;
  const auto result = train_repeatedly(options(), {.seeds = {4, 9}}, observer);
  ASSERT_EQ(result.runs.size(), 2U);
  EXPECT_EQ(result.runs[1].folder, "seed-9");
  EXPECT_EQ(run("seed-4").read_recipe().seed, 4U);
  EXPECT_EQ(run("seed-9").read_recipe().seed, 9U);
  const double a = run("seed-4").read_result().metrics.at("nll");
  const double b = run("seed-9").read_result().metrics.at("nll");
  EXPECT_NE(a, b);
  const auto& nll = result.metrics.at("nll");
  EXPECT_NEAR(nll.mean, (a + b) / 2, 1e-12);
  EXPECT_NEAR(nll.deviation, std::abs(a - b) / std::sqrt(2), 1e-12);
  const auto summary = nlohmann::json::parse(test::read_text(options().out / "summary.json"));
  EXPECT_EQ(summary.at("runs")[0].at("folder"), "seed-4");
  EXPECT_EQ(summary.at("mean").at("nll").get<double>(), nll.mean);
  EXPECT_EQ(summary.at("deviation").at("nll").get<double>(), nll.deviation);
}

TEST_F(RepeatedRuns, ResumingDoesOnlyWhatIsLeft) {
  RecordingObserver observer;
  auto again = options();
  train_repeatedly(again, {.seeds = {4}}, observer);
  EXPECT_THROW(train_repeatedly(again, {.seeds = {4, 5}}, observer), Error);
  again.resume = true;
  observer.epochs.clear();
  EXPECT_EQ(train_repeatedly(again, {.seeds = {4, 5}}, observer).runs.size(), 2U);
  EXPECT_EQ(observer.epochs.size(), 1U);
}

TEST_F(RepeatedRuns, FoldsAreMeasuredOnWhatTheyDidNotLearn) {
  RecordingObserver observer;
  const auto result = train_repeatedly(options(), {.folds = 2}, observer);
  ASSERT_EQ(result.runs.size(), 2U);
  EXPECT_EQ(run("fold-1").read_recipe().train_split, "Training:except:fold:1/2");
  EXPECT_EQ(run("fold-1").read_recipe().validation_split, "Training:fold:1/2");
  EXPECT_EQ(run("fold-2").read_recipe().validation_split, "Training:fold:2/2");
  EXPECT_THAT(observer.notes, testing::Contains(HasSubstr("the same share of every label")));
  EXPECT_TRUE(result.metrics.contains("accuracy"));
}

TEST_F(RepeatedRuns, RefusesTheSameSeedTwice) {
  RecordingObserver observer;
  try {
    train_repeatedly(options(), {.seeds = {4, 4}}, observer);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("the same seed twice"));
  }
}

}  // namespace
}  // namespace mien::train
