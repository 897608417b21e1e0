// Whole runs of a detector on drawn faces, in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "made_dataset.h"
#include "made_detection.h"
#include "mien/error.h"
#include "recording_observer.h"
#include "train/trainer.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

class DetectionRunTest : public testing::Test {
 protected:
  TrainOptions options(const std::string& recipe, const std::string& out) const {
    return {.recipe = parse_recipe(recipe, "made.toml"),
            .data = {folder() / "wider", {}, folder() / "face_landmarks"},
            .out = folder() / out,
            .device = "cpu",
            .threads = 1};
  }

  static std::string failure(const TrainOptions& options, ErrorCode expected) {
    RecordingObserver observer;
    try {
      train(options, observer);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected) << error.what();
      return error.what();
    }
    return "no error";
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(DetectionRunTest, LearnsDrawnFaces) {
  test::write_made_detection(folder(), 24, 10);
  RecordingObserver observer;
  const auto result = train(options(test::made_detection_recipe(30), "run"), observer);
  EXPECT_LT(observer.epochs.back().train_loss, 0.6 * observer.epochs.front().train_loss);
  EXPECT_GT(result.metrics.at("average_precision_20"), 0.3);
  EXPECT_EQ(result.metrics.count("average_precision_80"), 1U);
  EXPECT_EQ(result.metrics.count("landmarks_error"), 1U);
  EXPECT_TRUE(observer.epochs[0].validation.empty());
  EXPECT_EQ(observer.epochs[1].validation.size(), 3U);
  EXPECT_TRUE(observer.notes.empty());
}

TEST_F(DetectionRunTest, AResumedRunEndsAsOneThatWasNeverStopped) {
  test::write_made_detection(folder(), 10, 10);
  const auto recipe = test::made_detection_recipe(4);
  RecordingObserver whole;
  const auto expected = train(options(recipe, "whole"), whole);
  RecordingObserver stopped;
  stopped.stop_after = 2;
  EXPECT_THROW(train(options(recipe, "stopped"), stopped), std::runtime_error);
  RecordingObserver resumed;
  auto again = options(recipe, "stopped");
  again.resume = true;
  const auto result = train(again, resumed);
  EXPECT_EQ(resumed.epochs.size(), 2U);
  EXPECT_EQ(resumed.epochs.back().train_loss, whole.epochs.back().train_loss);
  EXPECT_EQ(result.metrics, expected.metrics);
}

TEST_F(DetectionRunTest, SaysWhatIsMissing) {
  test::write_made_detection(folder(), 10, 2);
  auto without = options(test::made_detection_recipe(1), "run");
  without.data.landmarks.clear();
  EXPECT_THAT(failure(without, ErrorCode::usage), HasSubstr("--landmarks"));
  auto nowhere = options(test::made_detection_recipe(1), "run");
  nowhere.data.main = folder() / "nothing";
  EXPECT_THAT(failure(nowhere, ErrorCode::input), HasSubstr("WIDER FACE"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "run"));
}

TEST_F(DetectionRunTest, LeavesOutDamagedPicturesAndSaysSo) {
  test::write_made_detection(folder(), 10, 2);
  test::write_text(folder() / "wider/WIDER_train/images/0--Drawn/3.jpg", "no picture");
  RecordingObserver observer;
  train(options(test::made_detection_recipe(1), "run"), observer);
  EXPECT_THAT(observer.notes, testing::Contains(HasSubstr("3.jpg")));
}

TEST_F(DetectionRunTest, LeavesOutPicturesThatShowNothingAndSaysSo) {
  test::write_made_detection(folder(), 10, 2);
  test::write_jpeg(folder() / "wider/WIDER_train/images/0--Drawn/3.jpg", 20000, 96);
  RecordingObserver observer;
  train(options(test::made_detection_recipe(1), "run"), observer);
  EXPECT_THAT(observer.notes,
              testing::Contains(testing::AllOf(HasSubstr("3.jpg"), HasSubstr("20000 x 96"))));
}

}  // namespace
}  // namespace mien::train
