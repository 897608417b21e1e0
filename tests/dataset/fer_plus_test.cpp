#include "dataset/fer_plus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/labelled_faces.h"
#include "made_folder.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FerPlus, AMajorityIsMoreThanHalfOfWhatCounts) {
  EXPECT_EQ(majority({6, 4, 0, 0, 0, 0, 0, 0, 0, 0}), FerPlusClass::neutral);
  EXPECT_EQ(majority({5, 5, 0, 0, 0, 0, 0, 0, 0, 0}), std::nullopt);
  EXPECT_EQ(majority({4, 3, 3, 0, 0, 0, 0, 0, 0, 0}), std::nullopt);
  EXPECT_EQ(majority({0, 0, 0, 0, 0, 0, 0, 7, 3, 0}), FerPlusClass::contempt);
}

TEST(FerPlus, ASingleVoteIsASlip) {
  EXPECT_EQ(majority({5, 1, 1, 1, 1, 1, 0, 0, 0, 0}), FerPlusClass::neutral);
  EXPECT_EQ(majority({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), std::nullopt);
  EXPECT_EQ(majority({0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), std::nullopt);
}

TEST(FerPlus, UnknownAndNoFaceAreNoClass) {
  EXPECT_EQ(majority({2, 0, 0, 0, 0, 0, 0, 0, 8, 0}), std::nullopt);
  EXPECT_EQ(majority({0, 0, 0, 0, 0, 0, 0, 0, 0, 10}), std::nullopt);
}

TEST(FerPlus, ClassesAreExpressionsButForContempt) {
  EXPECT_EQ(name(FerPlusClass::happiness), "happiness");
  EXPECT_EQ(expression_of(FerPlusClass::sadness), Expression::sad);
  EXPECT_EQ(expression_of(FerPlusClass::anger), Expression::angry);
  EXPECT_EQ(expression_of(FerPlusClass::contempt), std::nullopt);
}

class FerPlusFiles : public MadeFolder {};

TEST_F(FerPlusFiles, GiveFer2013OtherLabels) {
  std::string pixels = "7";
  for (int i = 1; i < 48 * 48; ++i) pixels += " 7";
  std::string faces = "emotion,pixels,Usage\n";
  for (int i = 0; i < 4; ++i) faces += "0," + pixels + ",PublicTest\n";
  const auto csv = write("fer2013.csv", faces);
  const auto votes = write("fer2013new.csv",
                           "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,"
                           "contempt,unknown,NF\n"
                           "PublicTest,a.png,0,9,0,0,0,0,0,0,1,0\n"
                           "PublicTest,b.png,5,5,0,0,0,0,0,0,0,0\n"
                           "PublicTest,c.png,0,0,0,0,0,0,0,9,1,0\n"
                           "PublicTest,d.png,0,0,0,0,1,1,8,0,0,0\n");
  std::vector<std::string> notes;
  const auto read = [&](const std::filesystem::path& data) {
    notes.clear();
    return read_faces({.data = data,
                       .format = "ferplus",
                       .votes = votes,
                       .splits = {""},
                       .note = [&](const std::string& line) { notes.push_back(line); }})
        .front();
  };
  for (const auto& data : {csv, root()}) {
    const auto labelled = read(data);
    ASSERT_EQ(labelled->size(), 2U);
    EXPECT_EQ(labelled->get(0).label, Expression::happy);
    EXPECT_EQ(labelled->get(1).label, Expression::fear);
    EXPECT_EQ(labelled->get(1).votes->at(6), 8);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("left out: 1 faces of contempt"),
                                   HasSubstr("left out: 1 faces without a majority")));
  }
  EXPECT_THAT(
      failure(ErrorCode::usage,
              [&] { read_faces({.data = csv, .format = "ferplus", .splits = {"PublicTest"}}); }),
      HasSubstr("--votes"));
}

}  // namespace
}  // namespace mien
