#include "train/expression_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <set>
#include <string>
#include <vector>

#include "made_dataset.h"
#include "mien/error.h"
#include "recording_observer.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

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

  ExpressionData read(const std::string& duplicates, RecordingObserver& notes) const {
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
  RecordingObserver notes;
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
  RecordingObserver notes;
  try {
    read("some", notes);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(),
                HasSubstr("data.duplicates must be one of: keep, drop_conflicting, drop"));
  }
}

/// Pictures of one gray level in folders, as PNG and as JPEG files.
class FolderData : public testing::Test {
 protected:
  void write_png(const std::string& name, std::uint8_t level) const {
    const std::vector<png_byte> pixels(64 * 64, level);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = 64;
    image.height = 64;
    image.format = PNG_FORMAT_GRAY;
    ASSERT_NE(0, png_image_write_to_file(&image, made(name).c_str(), 0, pixels.data(), 0, nullptr));
  }

  std::filesystem::path made(const std::string& name) const {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    return path;
  }

  static Recipe recipe(const std::string& data) {
    return parse_recipe("name = \"a\"\n[architecture]\nname = \"vgg_se\"\n[data]\n" + data,
                        "x.toml");
  }

  ExpressionData read(const std::string& data) {
    return read_expression_data(recipe(data), {folder_.path(), {}}, notes_);
  }

  std::string failure(const std::string& data, ErrorCode expected) {
    try {
      read(data);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected) << error.what();
      return error.what();
    }
    return "no error";
  }

  RecordingObserver notes_;

 private:
  test::TemporaryFolder folder_;
};

TEST_F(FolderData, IsReadWithoutOpenCv) {
  write_png("train/Happiness/a.png", 10);
  write_png("train/Contempt/b.png", 20);
  write_png("test/Anger/c.png", 30);
  const auto data = read("train = \"train\"\nvalidation = \"test\"\n");
  ASSERT_EQ(data.training->size(), 1U);
  EXPECT_EQ(data.training->get(0).label, Expression::happy);
  EXPECT_EQ(data.training->width(), 48);
  EXPECT_THAT(data.training->get(0).pixels, testing::Each(10));
  EXPECT_EQ(data.validation->get(0).label, Expression::angry);
  EXPECT_THAT(notes_.notes, testing::ElementsAre(HasSubstr("(1): pictures of contempt")));
  EXPECT_THAT(failure("", ErrorCode::input), HasSubstr("no split PublicTest (its folders: test"));
}

TEST_F(FolderData, APartOfTheTrainingSplitCanBeHeldOut) {
  for (int i = 0; i < 20; ++i) {
    const auto file = "/F" + std::to_string(10 + i) + ".png";
    write_png("train/sad" + file, static_cast<std::uint8_t>(i));
    write_png("train/fear" + file, static_cast<std::uint8_t>(100 + i));
  }
  const auto data = read("train = \"train\"\nvalidation = \"fraction:0.25\"\n");
  EXPECT_EQ(data.training->size(), 30U);
  EXPECT_EQ(data.validation->size(), 10U);
  std::set<int> seen;
  for (const auto* faces : {data.training.get(), data.validation.get()}) {
    for (std::size_t i = 0; i < faces->size(); ++i) seen.insert(faces->get(i).pixels[0]);
  }
  EXPECT_EQ(seen.size(), 40U);
}

TEST_F(FolderData, NamesTheDataSetsOwnSubjects) {
  for (const auto* subject : {"AF01", "AF02", "BF01", "BM03", "AM04"}) {
    write_png(std::string(subject) + "/" + subject + "HAS.png",
              static_cast<std::uint8_t>(subject[1] * 2 + subject[3]));
  }
  const auto data = read("train = \"all\"\nvalidation = \"subject:0.25\"\n");
  std::set<std::string> validation;
  for (std::size_t i = 0; i < data.validation->size(); ++i) {
    validation.insert(data.validation->subject(i));
  }
  EXPECT_EQ(validation.size(), 1U);
  for (std::size_t i = 0; i < data.training->size(); ++i) {
    EXPECT_FALSE(validation.contains(data.training->subject(i)));
  }
}

TEST_F(FolderData, WhatTheTrainerCannotReadIsAnError) {
  write_png("train/happy/a.png", 1);
  write_png("test/happy/a.png", 1);
  test::write_text(made("test/happy/b.tiff"), "II*\0 and so on");
  EXPECT_THAT(failure("train = \"train\"\nvalidation = \"test\"\n", ErrorCode::input),
              HasSubstr("b.tiff: not a kind of picture that the trainer reads (JPEG and PNG)"));
}

TEST_F(FolderData, HasNoVotes) {
  write_png("train/happy/a.png", 1);
  EXPECT_THAT(failure("train = \"train\"\n[loss]\nvotes_weight = 1.0\n", ErrorCode::usage),
              HasSubstr("set loss.votes_weight to 0"));
}

}  // namespace
}  // namespace mien::train
