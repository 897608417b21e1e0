#include "output/plots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "mien/error.h"
#include "mien/picture.h"
#include "test_pictures.h"

namespace mien {
namespace {

using testing::HasSubstr;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Evaluation some_evaluation() {
  Evaluation evaluation;
  evaluation.confusion.resize(kExpressionCount);
  evaluation.per_class.resize(kExpressionCount);
  for (std::size_t row = 0; row < kExpressionCount; ++row) {
    evaluation.confusion[row] = {1, 2, 3, 4, 5, 6, 7};
    evaluation.per_class[row].support = 28;
  }
  return evaluation;
}

std::string line(int epoch) {
  const auto number = std::to_string(epoch);
  return R"({"epoch":)" + number + R"(,"train_loss":1.5,"train_accuracy":0.4,)" +
         R"("validation_loss":1.4,"validation_accuracy":0.45,"learning_rate":0.1})" + "\n";
}

test::Bytes bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Plots, AreWrittenAsSvgAndPng) {
  const test::TemporaryFolder folder;
  plot_confusion(some_evaluation(), "#1 of 2", folder.path() / "new/confusion.png");
  plot_confusion(some_evaluation(), "title", folder.path() / "confusion.svg");
  const std::vector<TrainingEpoch> one = {{1, 1.5, 0.4, 1.4, 0.45}};
  plot_training(one, "title", folder.path() / "training.png");
  plot_training({one[0], {2, 1.2, 0.5, 1.3, 0.5}}, "title", folder.path() / "training.svg");
  EXPECT_EQ(read_picture(folder.path() / "new/confusion.png").width(), 900);
  EXPECT_EQ(read_picture(folder.path() / "training.png").width(), 1200);
  for (const auto* name : {"confusion.svg", "training.svg"}) {
    EXPECT_THAT(text_of(folder.path() / name), HasSubstr("</svg>")) << name;
  }
}

DetectionEvaluation some_detection(double recall) {
  DetectionEvaluation evaluation;
  evaluation.precision = 0.9;
  evaluation.recall = recall / 2;
  for (int i = 1; i <= 10'000; ++i) {
    evaluation.curve.push_back(
        {1.0F - static_cast<float>(i) / 10'000, 1.0 - i / 20'000.0, recall * i / 10'000});
  }
  return evaluation;
}

TEST(Plots, ShowPrecisionOverRecall) {
  const test::TemporaryFolder folder;
  const std::vector<DetectionCurve> curves = {
      {"#1", some_detection(0.8)}, {"two", some_detection(0.9)}, {"nothing found", {}}};
  plot_detection(curves, "#1 of 2", folder.path() / "detection.png");
  plot_detection(curves, "title", folder.path() / "detection.svg");
  EXPECT_EQ(read_picture(folder.path() / "detection.png").width(), 900);
  const auto svg = text_of(folder.path() / "detection.svg");
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  EXPECT_LT(svg.size(), 300'000U) << "points that nobody could tell apart";
  EXPECT_THROW(plot_detection({4, curves[0]}, "title", folder.path() / "a.png"), Error);
}

TEST(Plots, OtherKindsOfFilesAreRefused) {
  EXPECT_THROW(plot_confusion(some_evaluation(), "title", "a.pdf"), Error);
}

TEST(TrainingHistory, IsReadFromMetrics) {
  const test::TemporaryFolder folder;
  const auto history =
      read_training_history(folder.write("metrics.jsonl", bytes(line(1) + line(2))));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].epoch, 2);
  EXPECT_DOUBLE_EQ(history[1].validation_accuracy, 0.45);
}

TEST(TrainingHistory, NamesTheLineThatIsWrong) {
  const test::TemporaryFolder folder;
  const auto failure = [](const std::filesystem::path& path) {
    try {
      read_training_history(path);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(failure(folder.write("a", bytes(line(1) + "{\"epoch\":2"))), HasSubstr("line 2"));
  EXPECT_THAT(failure(folder.write("b", {})), HasSubstr("no epoch"));
  EXPECT_THAT(failure(folder.path() / "none"), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace mien
