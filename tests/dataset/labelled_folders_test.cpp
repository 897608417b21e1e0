#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/expression_label.h"
#include "dataset/group_table.h"
#include "made_pictures.h"

namespace mien {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class LabelledFolders : public MadePictures {};

TEST_F(LabelledFolders, LabelsAreTheFoldersNames) {
  write("happy/2.png", "2");
  write("happy/1.JPG", "1");
  write("angry/3.jpeg", "3");
  add({"angry/notes.txt", "angry/.4.png", "readme.txt"});
  const auto faces = read();
  EXPECT_THAT(labels(*faces), ElementsAre(Expression::angry, Expression::happy, Expression::happy));
  EXPECT_THAT(faces->get(0).pixels, testing::SizeIs(64));
  EXPECT_THAT(faces->get(0).pixels, Each(3));
  EXPECT_THAT(faces->get(1).pixels, Each(1));
  EXPECT_THAT(faces->get(2).pixels, Each(2));
  EXPECT_EQ(format_of(root(), "auto"), "folders");
}

TEST_F(LabelledFolders, OtherWordsForTheSameInAnyCase) {
  add({"train/Anger/1.png", "train/HAPPINESS/1.png", "train/Sadness/1.png", "train/fearful/1.png",
       "train/surprised/1.png", "train/Neutral/1.png", "train/Disgusted/1.png"});
  EXPECT_THAT(
      labels(*read("train")),
      ElementsAre(Expression::angry, Expression::disgust, Expression::happy, Expression::neutral,
                  Expression::sad, Expression::fear, Expression::surprise));
}

TEST_F(LabelledFolders, ContemptIsLeftOutAndCounted) {
  add({"contempt/1.png", "contempt/2.png", "sad/3.png"});
  EXPECT_EQ(read()->size(), 1U);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("left out: 2 pictures of contempt")));
}

TEST_F(LabelledFolders, AnUnknownLabelListsTheKnownOnes) {
  add({"happy/1.png", "bored/2.png"});
  EXPECT_THAT(failure(ErrorCode::model),
              testing::AllOf(HasSubstr("bored"), HasSubstr("angry, anger, disgust"),
                             HasSubstr("surprised")));
}

TEST_F(LabelledFolders, ANumberIsNoLabel) {
  add({"0/1.png", "1/2.png"});
  EXPECT_THAT(failure(ErrorCode::model), HasSubstr("a number says no expression"));
}

TEST_F(LabelledFolders, ASplitIsAFolder) {
  add({"train/sad/1.png", "test/fear/2.png", "val/happy/3.png"});
  EXPECT_EQ(read("test")->get(0).label, Expression::fear);
  EXPECT_EQ(read("Training")->get(0).label, Expression::sad);
  EXPECT_EQ(read("validation")->get(0).label, Expression::happy);
  EXPECT_THAT(failure(ErrorCode::input, "PublicTest"),
              HasSubstr("no split PublicTest (its folders: test, train, val)"));
  EXPECT_THAT(failure(ErrorCode::model), HasSubstr("--split"));
}

TEST_F(LabelledFolders, WithoutPicturesItIsAnError) {
  std::filesystem::create_directories(root() / "happy");
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("no picture of an expression in it"));
}

TEST_F(LabelledFolders, GroupsComeFromATable) {
  add({"train/happy/a.png", "train/happy/b.png", "train/sad/c, d.png"});
  write("groups.csv",
        "file,gender,age,subject\n"
        "train/happy/a.png,female,34,anna\r\n"
        "train/happy/b.png,,70,\n"
        "\"train/sad/c, d.png\",\"a \"\"b\"\"\",9,carl\n"
        "test/happy/z.png,male,1,zoe\n");
  const auto faces = read("train");
  EXPECT_THAT(faces->groups(0), ElementsAre(Pair("age", "30-39"), Pair("gender", "female")));
  EXPECT_EQ(faces->subject(0), "anna");
  EXPECT_THAT(faces->groups(1), ElementsAre(Pair("age", "70+")));
  EXPECT_EQ(faces->subject(1), "");
  EXPECT_THAT(faces->groups(2), ElementsAre(Pair("age", "0-9"), Pair("gender", "a \"b\"")));
}

TEST_F(LabelledFolders, ATableBesideTheLabelsTellsGroupsToo) {
  add({"train/happy/a.png"});
  write("train/groups.csv", "file,race\nhappy/a.png,asian\n");
  EXPECT_THAT(read("train")->groups(0), ElementsAre(Pair("race", "asian")));
}

TEST_F(LabelledFolders, AWrongTableOfGroupsIsAnErrorWithItsLine) {
  add({"happy/a.png"});
  write("groups.csv", "picture,gender\n");
  EXPECT_THAT(failure(ErrorCode::model),
              HasSubstr("line 1: expected a header such as file,gender"));
  write("groups.csv", "file,gender\nhappy/a.png\n");
  EXPECT_THAT(failure(ErrorCode::model), HasSubstr("line 2: expected 2 cells, found 1"));
  write("groups.csv", "file,age\nhappy/a.png,old\n");
  EXPECT_THAT(failure(ErrorCode::model), HasSubstr("line 2: the age 'old'"));
}

TEST_F(LabelledFolders, PicturesWithoutAFaceAreLeftOut) {
  add({"happy/a.png", "sad/b.png"});
  std::vector<std::string> lines;
  const auto faces = read_faces({.data = root(),
                                 .splits = {""},
                                 .width = 8,
                                 .height = 8,
                                 .read = [](const auto& path) -> std::optional<Image> {
                                   if (path.filename() == "a.png") return std::nullopt;
                                   return read_level(path);
                                 },
                                 .note = [&](const std::string& line) { lines.push_back(line); }});
  EXPECT_EQ(faces.front()->size(), 1U);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("left out: 1 pictures in which no face was found")));
}

TEST_F(LabelledFolders, TellsHowFarItIs) {
  add({"sad/1.png", "sad/2.png"});
  std::vector<std::size_t> steps;
  read_faces({.data = root(),
              .splits = {""},
              .width = 8,
              .height = 8,
              .read = read_level,
              .progress = [&steps](auto done, auto all) {
                EXPECT_EQ(all, 2U);
                steps.push_back(done);
              }});
  EXPECT_THAT(steps, ElementsAre(1, 2));
}

TEST_F(LabelledFolders, FormatsHaveNames) {
  EXPECT_THAT(failure(ErrorCode::usage, "", "imagenet"),
              HasSubstr("format imagenet: unknown; known: auto, fer2013, ferplus, ckplus, "
                        "affectnet, folders, kdef, jaffe"));
  EXPECT_THAT(MadeFolder::failure(ErrorCode::input, [&] { format_of(root() / "none", "auto"); }),
              HasSubstr("no such file or folder"));
}

TEST(ExpressionLabel, KnowsWords) {
  EXPECT_EQ(meaning_of_label("Joy")->expression, Expression::happy);
  ASSERT_TRUE(meaning_of_label("Contempt"));
  EXPECT_FALSE(meaning_of_label("Contempt")->expression);
  EXPECT_FALSE(meaning_of_label("calm"));
  EXPECT_FALSE(meaning_of_label(""));
  for (const auto expression : all_expressions()) {
    EXPECT_EQ(meaning_of_label(name(expression))->expression, expression);
  }
}

}  // namespace
}  // namespace mien
