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
