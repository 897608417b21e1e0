#include "train/expression_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "made_dataset.h"
#include "mien/error.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

class Notes final : public TrainObserver {
 public:
  void on_reading(std::uintmax_t, std::uintmax_t) override {}
  void on_note(const std::string& note) override { notes.push_back(note); }
  void on_start(const std::string&) override {}
  void on_batch(const BatchProgress&) override {}
  void on_epoch(const EpochMetrics&, int) override {}

  std::vector<std::string> notes;
};

/// Two copies that agree, two that do not, and one face alone; the same twice in PublicTest.
class Copies : public testing::Test {
 protected:
  Copies() {
    std::string text = "emotion,pixels,Usage\n";
    const auto add = [&text](int label, int level, const std::string& usage) {
      std::string pixels = std::to_string(level);
      for (int i = 1; i < 48 * 48; ++i) pixels += ' ' + std::to_string(level);
      text += std::to_string(label) + ',' + pixels + ',' + usage + '\n';
    };
    add(3, 1, "Training");
    add(4, 2, "Training");
    add(3, 1, "Training");
    add(6, 2, "Training");
    add(5, 9, "Training");
    add(0, 2, "PublicTest");
    add(4, 2, "PublicTest");
    test::write_text(csv(), text);
  }

  std::filesystem::path csv() const { return folder_.path() / "fer2013.csv"; }

  ExpressionData read(const std::string& duplicates, Notes& notes) const {
    const auto recipe =
        parse_recipe("name = \"a\"\n[architecture]\nname = \"vgg_se\"\n[data]\nduplicates = \"" +
                         duplicates + "\"\n",
                     "x.toml");
    return read_expression_data(recipe, {csv(), {}}, notes);
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(Copies, AreLeftOutOfTheTrainingSplitAlone) {
  Notes notes;
  EXPECT_EQ(read("keep", notes).training->size(), 5U);
  EXPECT_TRUE(notes.notes.empty());
  EXPECT_EQ(read("drop_conflicting", notes).training->size(), 3U);
  const auto data = read("drop", notes);
  ASSERT_EQ(data.training->size(), 2U);
  EXPECT_EQ(data.training->get(0).label, Expression::happy);
  EXPECT_EQ(data.training->get(1).label, Expression::surprise);
  EXPECT_EQ(data.validation->size(), 2U);
  ASSERT_EQ(notes.notes.size(), 2U);
  EXPECT_THAT(notes.notes[1],
              HasSubstr("Training: of 5 faces 2 are copies of earlier ones and 2 have copies with "
                        "other labels (groups: 1); 2 stay (data.duplicates = drop)"));
}

TEST_F(Copies, AnUnknownRuleIsAnError) {
  Notes notes;
  try {
    read("some", notes);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(),
                HasSubstr("data.duplicates must be one of: keep, drop_conflicting, drop"));
  }
}

}  // namespace
}  // namespace mien::train
