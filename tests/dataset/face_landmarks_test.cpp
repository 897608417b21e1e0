#include "dataset/face_landmarks.h"

#include <gmock/gmock.h>

#include "made_folder.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kHeader =
    "image,x,y,width,height,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,"
    "mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y\n";
constexpr const char* kFace = ",40,50,100,100,60,70,120,71,90,95,65,120,115,121.5\n";

class FaceLandmarks : public MadeFolder {
 protected:
  void add_picture(const std::string& name) const { write_jpeg_header("images/" + name, 160, 160); }

  MarkedPictures read(const std::string& rows,
                      LandmarksSplit split = LandmarksSplit::validation) const {
    write("landmarks.csv", kHeader + rows);
    return read_face_landmarks(root(), split);
  }

  std::string failure(ErrorCode expected) const {
    return MadeFolder::failure(expected,
                               [this] { read_face_landmarks(root(), LandmarksSplit::validation); });
  }
};

TEST_F(FaceLandmarks, GivesTheWholeFaceAndItsPointsAsThePersonHasThem) {
  add_picture("a.jpg");
  const auto read = this->read(std::string("a.jpg") + kFace);
  ASSERT_THAT(read.pictures, SizeIs(1));
  EXPECT_EQ(read.pictures[0].path, root() / "images/a.jpg");
  EXPECT_FALSE(read.pictures[0].all_marked);
  ASSERT_THAT(read.pictures[0].faces, SizeIs(1));
  const auto& face = read.pictures[0].faces[0];
  EXPECT_THAT((std::array{face.x, face.y, face.width, face.height}),
              ElementsAre(FloatEq(33), FloatEq(16), FloatEq(115), FloatEq(146)));
  EXPECT_TRUE(face.valid);
  ASSERT_TRUE(face.landmarks);
  constexpr std::array<std::array<float, 2>, 5> kExpected = {
      {{60, 70}, {120, 71}, {90, 95}, {65, 120}, {115, 121.5F}}};
  for (std::size_t i = 0; i < kExpected.size(); ++i) {
    EXPECT_EQ((*face.landmarks)[i].x, kExpected[i][0]);
    EXPECT_EQ((*face.landmarks)[i].y, kExpected[i][1]);
  }
}

TEST_F(FaceLandmarks, EveryTenthPictureValidates) {
  std::string rows;
  for (int i = 0; i < 21; ++i) {
    const auto name = std::to_string(i) + ".jpg";
    if (i != 5) add_picture(name);  // a missing one moves no other
    rows += name + kFace;
  }
  const auto validation = read(rows);
  ASSERT_THAT(validation.pictures, SizeIs(3));
  EXPECT_EQ(validation.pictures[1].path.filename(), "10.jpg");
  EXPECT_EQ(validation.skipped_pictures, 0U);
  const auto training = read(rows, LandmarksSplit::training);
  EXPECT_THAT(training.pictures, SizeIs(17));
  EXPECT_EQ(training.skipped_pictures, 1U);
  EXPECT_THAT(training.complaints, ElementsAre(HasSubstr("line 7: 5.jpg: no such picture")));
}

TEST_F(FaceLandmarks, SkipsBrokenRows) {
  add_picture("0.jpg");
  const std::string rows = std::string("0.jpg") + kFace;
  std::string others;
  for (int i = 1; i < 10; ++i) others += "x\n";  // training's
  for (const auto* row :
       {"a.jpg", "a.jpg,1,2,3", "a.jpg,40,50,100,100,60,70,120,71,90,95,65,120,115,x",
        "a.jpg,40,50,100,100,60,70,120,71,90,95,65,120,115,121,5",
        "a.jpg,40,50,100,100,60,70,120,71,90,95,65,120,115,nan", "../a.jpg,40,50,100,100,60,70",
        "b.jpg,40,50,100,100,60,70,120,71,90,95,65,120,115,121",
        "a.jpg,40 50 100 100 60 70 120 71 90 95 65 120 115 121"}) {
    add_picture("a.jpg");
    const auto read = this->read(rows + others + row + "\r\n");
    EXPECT_THAT(read.pictures, SizeIs(1)) << row;
    EXPECT_EQ(read.skipped_pictures, 1U) << row;
    EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("landmarks.csv: line 12: "))) << row;
  }
}

TEST_F(FaceLandmarks, SaysWhatIsWrongWithARow) {
  add_picture("0.jpg");
  std::string others = std::string("0.jpg") + kFace;
  for (int i = 1; i < 10; ++i) others += "x\n";
  constexpr const char* kPoints = ",60,70,120,71,90,95,65,120,115,121\n";
  EXPECT_THAT(read(others + "../0.jpg,40,50,100,100" + kPoints).complaints,
              ElementsAre(HasSubstr("line 12: ../0.jpg: leads out of ")));
  EXPECT_THAT(read(others + "0.jpg,40,50,1e9,100" + kPoints).complaints,
              ElementsAre(HasSubstr("line 12: one of its numbers is over a million")));
}

TEST_F(FaceLandmarks, SkipsBoxesOfNoSizeAndOutside) {
  add_picture("0.jpg");
  std::string others;
  for (int i = 1; i < 10; ++i) others += "x\n";
  for (const auto* box : {"40,50,0,0", "40,50,100,-1", "900,50,100,100", "40,900,100,100"}) {
    const auto read = this->read(std::string("0.jpg") + kFace + others + "0.jpg," + box +
                                 ",60,70,120,71,90,95,65,120,115,121\n");
    EXPECT_THAT(read.pictures, SizeIs(1)) << box;
    EXPECT_EQ(read.skipped_faces, 1U) << box;
  }
}

TEST_F(FaceLandmarks, RefusesWhatIsNotThere) {
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("landmarks.csv: cannot be read"));
  write("landmarks.csv", "emotion,pixels,Usage\n");
  EXPECT_THAT(failure(ErrorCode::model), HasSubstr("line 1: its header is not image,x,y"));
  write("landmarks.csv", kHeader + std::string("a.jpg") + kFace);
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("images: none of the pictures"));
}

}  // namespace
}  // namespace mien
