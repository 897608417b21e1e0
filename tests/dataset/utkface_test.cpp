#include "dataset/utkface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "made_folder.h"

namespace mien {
namespace {

using testing::HasSubstr;

class UtkFaceTest : public MadeFolder {
 protected:
  /// So many faces of one kind with dates of their own.
  void write_faces(int count, const std::string& labels = "30_1_2") const {
    for (int i = 0; i < count; ++i) {
      write(labels + "_" + std::to_string(20170109142408075 + i) + ".jpg.chip.jpg", "");
    }
  }
};

TEST_F(UtkFaceTest, NamesSayWhatPicturesShow) {
  write("100_1_0_20170112213500903.jpg.chip.jpg", "");
  write("0_0_4_20170112213500904.jpg", "");
  const auto faces = read_utk_faces(root(), UtkFaceSplit::all).faces;
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_EQ(faces[0].age, 0);
  EXPECT_EQ(faces[0].gender, Gender::male);
  EXPECT_EQ(faces[0].race, "other");
  EXPECT_EQ(faces[1].age, 100);
  EXPECT_EQ(faces[1].gender, Gender::female);
  EXPECT_EQ(faces[1].race, "white");
  EXPECT_EQ(faces[1].path, root() / "100_1_0_20170112213500903.jpg.chip.jpg");
}

TEST_F(UtkFaceTest, OtherNamesAreSkippedAndCounted) {
  write_faces(1);
  for (const auto* name : {"61_1_20170109142408075.jpg.chip.jpg", "117_1_0_2017.jpg",
                           "30_2_0_2017.jpg", "30_1_5_2017.jpg", "-3_1_0_2017.jpg", "30_1_0_.jpg",
                           "30_1_0_x.jpg", "a.jpg", "99999999999_1_0_2017.jpg"}) {
    write(name, "");
  }
  write("readme.txt", "");
  const auto read = read_utk_faces(root(), UtkFaceSplit::all);
  EXPECT_EQ(read.faces.size(), 1U);
  EXPECT_EQ(read.skipped, 9U);
  ASSERT_EQ(read.complaints.size(), 9U);
  EXPECT_THAT(read.complaints.front(), HasSubstr("AGE_GENDER_RACE_DATE"));
}

TEST_F(UtkFaceTest, SplitsAreTenthsWithNothingInCommon) {
  write_faces(1000);
  std::set<std::filesystem::path> seen;
  const auto size_of = [&](UtkFaceSplit split) {
    const auto faces = read_utk_faces(root(), split).faces;
    for (const auto& face : faces) EXPECT_TRUE(seen.insert(face.path).second);
    return static_cast<double>(faces.size());
  };
  EXPECT_NEAR(size_of(UtkFaceSplit::training), 800, 40);
  EXPECT_NEAR(size_of(UtkFaceSplit::validation), 100, 30);
  EXPECT_NEAR(size_of(UtkFaceSplit::test), 100, 30);
  EXPECT_EQ(seen.size(), 1000U);
}

TEST_F(UtkFaceTest, TheSplitOfADateNeverChanges) {
  write("30_1_2_20170109142408075.jpg.chip.jpg", "");
  write("45_0_1_20170109142408075.jpg", "");
  write_faces(100, "1_0_0");
  const auto in = [&](UtkFaceSplit split) {
    std::multiset<std::string> names;
    for (const auto& face : read_utk_faces(root(), split).faces) {
      names.insert(face.path.filename().string());
    }
    return names;
  };
  const auto validation = in(UtkFaceSplit::validation);
  EXPECT_EQ(validation.count("1_0_0_20170109142408091.jpg.chip.jpg"), 1U);
  const auto training = in(UtkFaceSplit::training);
  EXPECT_EQ(training.count("30_1_2_20170109142408075.jpg.chip.jpg"),
            training.count("45_0_1_20170109142408075.jpg"));
}

TEST_F(UtkFaceTest, SplitsHaveNames) {
  for (const auto* text : {"training", "validation", "test", "all"}) {
    EXPECT_EQ(name(*utk_face_split_from_name(text)), text);
  }
  EXPECT_FALSE(utk_face_split_from_name("Training"));
}

TEST_F(UtkFaceTest, SaysWhatIsMissing) {
  EXPECT_THAT(failure(ErrorCode::input, [&] { read_utk_faces(root(), UtkFaceSplit::all); }),
              HasSubstr("no face of UTKFace"));
  EXPECT_THAT(
      failure(ErrorCode::input, [&] { read_utk_faces(root() / "none", UtkFaceSplit::all); }),
      HasSubstr("No such file"));
}

}  // namespace
}  // namespace mien
