#include "dataset/wider_face.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "made_folder.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kRest = " 0 0 0 0 0 0\n";  // after a face's box, when nothing is said of it

class WiderFace : public MadeFolder {
 protected:
  /// Pictures of 100 x 80 pixels, each in the folder of an event.
  void add_pictures(std::initializer_list<const char*> names) const {
    for (const auto* name : names) {
      write_jpeg_header(std::string("WIDER_train/images/") + name, 100, 80);
    }
  }

  MarkedPictures read(const std::string& annotation, WiderSplit split = WiderSplit::all) const {
    write("wider_face_train_bbx_gt.txt", annotation);
    return read_wider_face(root(), split);
  }

  std::string failure(ErrorCode expected) const {
    return MadeFolder::failure(expected, [this] { read_wider_face(root(), WiderSplit::all); });
  }
};

std::vector<std::string> names(const MarkedPictures& read) {
  std::vector<std::string> names;
  for (const auto& picture : read.pictures) names.push_back(picture.path.filename().string());
  return names;
}

TEST_F(WiderFace, GivesThePicturesAndTheirFaces) {
  add_pictures({"0--Parade/a.jpg", "1--Party/b c.jpg"});
  const auto read = this->read(
      "0--Parade/a.jpg\n"
      "2\n"
      "10 20 30 40 2 0 0 0 1 0 \n"
      "50 21 5 6 2 0 0 1 0 0 \n"
      "1--Party/b c.jpg\n"
      "1\n"
      "1.5 2 3 4 0 0 0 0 0 0");
  ASSERT_THAT(read.pictures, SizeIs(2));
  EXPECT_EQ(read.pictures[0].path, root() / "WIDER_train/images/0--Parade/a.jpg");
  EXPECT_TRUE(read.pictures[0].all_marked);
  ASSERT_THAT(read.pictures[0].faces, SizeIs(2));
  const auto& face = read.pictures[0].faces[0];
  EXPECT_THAT((std::array{face.x, face.y, face.width, face.height}), ElementsAre(10, 20, 30, 40));
  EXPECT_TRUE(face.valid);
  EXPECT_FALSE(face.landmarks);
  EXPECT_FALSE(read.pictures[0].faces[1].valid);
  ASSERT_THAT(read.pictures[1].faces, SizeIs(1));
  EXPECT_EQ(read.pictures[1].faces[0].x, 1.5F);
  EXPECT_THAT(read.complaints, IsEmpty());
}

TEST_F(WiderFace, EveryEighthPictureValidates) {
  std::string annotation;
  for (const auto* name : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
    const auto file = std::string(name) + ".jpg";
    if (file != "3.jpg") add_pictures({file.c_str()});  // a missing one moves no other
    annotation += file + "\n1\n1 2 3 4" + kRest;
  }
  EXPECT_THAT(names(read(annotation, WiderSplit::validation)), ElementsAre("0.jpg", "8.jpg"));
  EXPECT_EQ(read(annotation, WiderSplit::validation).skipped_pictures, 0U);
  const auto training = read(annotation, WiderSplit::training);
  EXPECT_THAT(names(training),
              ElementsAre("1.jpg", "2.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "9.jpg"));
  EXPECT_EQ(training.skipped_pictures, 1U);
  EXPECT_THAT(names(read(annotation)), SizeIs(9));
}

TEST_F(WiderFace, LineEndsMayBeThoseOfAnotherSystem) {
  add_pictures({"a.jpg", "b.jpg"});
  const auto read = this->read(
      "\xEF\xBB\xBF"
      "a.jpg\r\n1\r\n1 2 3 4 0 0 0 0 0 0 \r\n\r\nb.jpg\r\n0\r\n");
  EXPECT_THAT(names(read), ElementsAre("a.jpg", "b.jpg"));
  EXPECT_THAT(read.pictures[0].faces, SizeIs(1));
  EXPECT_THAT(read.complaints, IsEmpty());
}

TEST_F(WiderFace, APictureMayHaveNoFaces) {
  add_pictures({"a.jpg", "b.jpg", "c.jpg"});
  const auto read = this->read("a.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \nb.jpg\n0\nc.jpg\n0\n");
  EXPECT_THAT(names(read), ElementsAre("a.jpg", "b.jpg", "c.jpg"));
  for (const auto& picture : read.pictures) {
    EXPECT_THAT(picture.faces, IsEmpty());
    EXPECT_TRUE(picture.all_marked);
  }
  EXPECT_THAT(read.complaints, IsEmpty());
  EXPECT_EQ(this->read("a.jpg\n0\n5 5 9 9 0 0 0 0 0 0\nb.jpg\n0\n").skipped_pictures, 1U)
      << "a face where none is said to be";
}

TEST_F(WiderFace, ALineThatIsNoFaceIsSkippedWithItsNumber) {
  add_pictures({"a.jpg", "b.jpg"});
  for (const auto* line :
       {"1 2 3", "1 2 3 4 0 0 0 0 0", "1 2 3 4 0 0 0 0 0 0 0", "1 2 x 4 0 0 0 0 0 0",
        "1 2 nan 4 0 0 0 0 0 0", "1,2,3,4,0,0,0,0,0,0", "1 2 3 4 0 0 0 0 0 0x"}) {
    const auto read = this->read(std::string("a.jpg\n2\n") + line + "\n1 2 3 4" + kRest +
                                 "b.jpg\n1\n5 6 7 8" + kRest);
    ASSERT_THAT(read.pictures, SizeIs(2)) << line;
    EXPECT_THAT(read.pictures[0].faces, SizeIs(1)) << line;
    EXPECT_FALSE(read.pictures[0].all_marked) << line;
    EXPECT_TRUE(read.pictures[1].all_marked) << line;
    EXPECT_EQ(read.skipped_faces, 1U);
    EXPECT_THAT(read.complaints,
                ElementsAre(HasSubstr("wider_face_train_bbx_gt.txt: line 3: not the ten numbers")));
  }
}

TEST_F(WiderFace, SaysThatANumberIsTooLarge) {
  add_pictures({"a.jpg"});
  for (const auto* number : {"inf", "1e30", "1e999", "-1000001"}) {
    const auto read =
        this->read(std::string("a.jpg\n2\n1 2 3 4") + kRest + "1 2 " + number + " 4" + kRest);
    EXPECT_EQ(read.skipped_faces, 1U) << number;
    EXPECT_FALSE(read.pictures.at(0).all_marked) << number;
    EXPECT_THAT(read.complaints,
                ElementsAre(HasSubstr("line 4: one of its numbers is over a million")))
        << number;
  }
}

TEST_F(WiderFace, SkipsBoxesOfNoSize) {
  add_pictures({"a.jpg"});
  for (const auto* box : {"5 5 0 9", "5 5 9 0", "5 5 -9 9"}) {
    const auto read = this->read(std::string("a.jpg\n2\n1 2 3 4") + kRest + box + kRest);
    EXPECT_THAT(read.pictures.at(0).faces, SizeIs(1)) << box;
    EXPECT_TRUE(read.pictures[0].all_marked) << box;
    EXPECT_EQ(read.skipped_faces, 1U) << box;
    EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 4: a face of no size"))) << box;
  }
}

TEST_F(WiderFace, SkipsBoxesThatAreMostlyOutside) {
  add_pictures({"a.jpg"});
  for (const auto* box : {"100 5 9 9", "5 80 9 9", "-9 5 9 9", "5 -9 9 9", "-7 5 9 9", "97 5 10 9",
                          "-500 -500 5000 5000"}) {
    const auto read = this->read(std::string("a.jpg\n2\n1 2 3 4") + kRest + box + kRest);
    EXPECT_THAT(read.pictures.at(0).faces, SizeIs(1)) << box;
    EXPECT_FALSE(read.pictures[0].all_marked) << "where that face is, nobody knows: " << box;
    EXPECT_EQ(read.skipped_faces, 1U) << box;
    EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 4: a face "))) << box;
  }
}

TEST_F(WiderFace, CutsBoxesThatReachOverTheEdges) {
  add_pictures({"a.jpg"});
  const auto read = this->read(std::string("a.jpg\n2\n-3 -2 9 9") + kRest + "80 60 30 30" + kRest);
  ASSERT_THAT(read.pictures.at(0).faces, SizeIs(2));
  const auto& [first, second] = std::pair(read.pictures[0].faces[0], read.pictures[0].faces[1]);
  EXPECT_THAT((std::array{first.x, first.y, first.width, first.height}), ElementsAre(0, 0, 6, 7));
  EXPECT_THAT((std::array{second.x, second.y, second.width, second.height}),
              ElementsAre(80, 60, 20, 20));
  EXPECT_EQ(second.line, 4U);
  EXPECT_TRUE(read.pictures[0].all_marked);
}

TEST_F(WiderFace, FillBytesBeforeAMarkerHideNoSize) {
  const auto header = write_jpeg_header("header.jpg", 100, 80);
  std::string bytes(std::istreambuf_iterator<char>(std::ifstream(header).rdbuf()), {});
  bytes.insert(bytes.find("\xFF\xC0"), "\xFF\xFF\xFF");
  write("WIDER_train/images/a.jpg", bytes);
  const auto read = this->read(std::string("a.jpg\n2\n1 2 3 4") + kRest + "100 5 9 9" + kRest);
  EXPECT_EQ(read.skipped_faces, 1U);

  write("WIDER_train/images/a.jpg", "\xFF\xD8" + std::string(1 << 20, '\xFF'));
  EXPECT_EQ(this->read(std::string("a.jpg\n1\n100 5 9 9") + kRest).skipped_faces, 0U);
}

TEST_F(WiderFace, PicturesThatAreNoJpegAreNotMeasured) {
  write("WIDER_train/images/a.png", "\x89PNG\r\n");
  write("WIDER_train/images/b.jpg", "\xFF\xD8\xFF");
  const auto read = this->read(std::string("a.png\n2\n5000 5 9 9") + kRest + "-9 5 9 9" + kRest +
                               "b.jpg\n1\n5000 5 9 9" + kRest);
  EXPECT_THAT(read.pictures.at(0).faces, SizeIs(1));
  EXPECT_THAT(read.pictures.at(1).faces, SizeIs(1));
  EXPECT_EQ(read.skipped_faces, 1U);
}

TEST_F(WiderFace, SkipsPicturesThatAreMissingOrElsewhere) {
  add_pictures({"a.jpg"});
  const auto elsewhere = write_jpeg_header("WIDER_train/elsewhere.jpg", 100, 80);
  for (const auto& name :
       {std::string("gone.jpg"), std::string("../elsewhere.jpg"), elsewhere.string()}) {
    const auto read = this->read(name + "\n1\n1 2 3 4" + kRest + "a.jpg\n1\n1 2 3 4" + kRest);
    EXPECT_THAT(names(read), ElementsAre("a.jpg")) << name;
    EXPECT_EQ(read.skipped_pictures, 1U) << name;
    const auto* why = name == "gone.jpg" ? ": no such picture in " : ": leads out of ";
    EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 1: " + name + why)));
  }
}

TEST_F(WiderFace, ABrokenNameIsAPictureOfItsOwn) {
  add_pictures({"a.jpg", "b.jpg"});
  const std::string face = std::string("1 2 3 4") + kRest;
  for (const auto& before :
       {"1\n" + face, "2\n" + face + face, std::string("0\n"), "0\n0 0 0 0" + std::string(kRest)}) {
    for (const auto* name : {"a1.jp", "0--Parade/a1", "../..", "17"}) {
      const auto read =
          this->read("a.jpg\n" + before + name + "\n1\n" + face + "b.jpg\n1\n" + face);
      EXPECT_THAT(names(read), ElementsAre("a.jpg", "b.jpg")) << before << name;
      EXPECT_EQ(read.skipped_pictures, 1U) << before << name;
      const auto line = std::count(before.begin(), before.end(), '\n') + 2;
      EXPECT_THAT(read.complaints,
                  ElementsAre(HasSubstr("line " + std::to_string(line) + ": " + name + ": ")));
    }
  }
  EXPECT_THAT(this->read("a.jpg\n1\n" + face + "../..\n1\n" + face).complaints,
              ElementsAre(HasSubstr("line 4: ../..: leads out of ")));
}

TEST_F(WiderFace, ABrokenNameEndsAPictureThatLacksFaces) {
  add_pictures({"a.jpg", "b.jpg"});
  const std::string face = std::string("1 2 3 4") + kRest;
  const auto read = this->read("a.jpg\n2\n" + face + "a1.jp\n1\n" + face + "b.jpg\n1\n" + face);
  EXPECT_THAT(names(read), ElementsAre("b.jpg"));
  EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 1: a.jpg: not as many faces"),
                                           HasSubstr("line 4: a1.jp: not the name of a .jpg")));
}

TEST_F(WiderFace, ABrokenNameMovesNoPictureToTheOtherSplit) {
  const std::string face = std::string("1 2 3 4") + kRest;
  for (const int broken : {0, 1, 5, 7, 8}) {
    std::string annotation;
    for (int i = 0; i < 18; ++i) {
      const auto file = std::to_string(i) + ".jpg";
      add_pictures({file.c_str()});
      annotation += (i == broken ? std::to_string(i) + "_jpg" : file) + "\n1\n" + face;
    }
    const auto validation = read(annotation, WiderSplit::validation);
    const auto training = read(annotation, WiderSplit::training);
    EXPECT_EQ(validation.pictures.back().path.filename(), "16.jpg") << broken;
    EXPECT_EQ(training.pictures.back().path.filename(), "17.jpg") << broken;
    EXPECT_EQ(validation.skipped_pictures, broken % 8 == 0 ? 1U : 0U) << broken;
    EXPECT_EQ(training.skipped_pictures, broken % 8 == 0 ? 0U : 1U) << broken;
    EXPECT_THAT(validation.pictures.size() + training.pictures.size(), 17U) << broken;
  }
}

TEST_F(WiderFace, SkipsPicturesWhoseNumberOfFacesIsWrong) {
  add_pictures({"a.jpg", "b.jpg"});
  const std::string face = std::string("1 2 3 4") + kRest;
  for (const auto& lines : {std::string(), "2\n" + face, "1\n" + face + face, "x\n" + face, face,
                            "-1\n" + face, "2147483648\n" + face, "18446744073709551615\n" + face,
                            "99999999999999999999999\n" + face, std::string("1\n")}) {
    const auto read = this->read("a.jpg\n" + lines + "b.jpg\n1\n" + face);
    EXPECT_THAT(names(read), ElementsAre("b.jpg")) << lines;
    EXPECT_EQ(read.skipped_pictures, 1U) << lines;
    EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 1: a.jpg: "))) << lines;

    const auto last = this->read("b.jpg\n1\n" + face + "a.jpg\n" + lines);
    EXPECT_THAT(names(last), ElementsAre("b.jpg")) << lines;
    EXPECT_EQ(last.skipped_pictures, 1U) << lines;
  }
}

TEST_F(WiderFace, GoesOnWithTheNextLineThatNamesAPicture) {
  add_pictures({"a.jpg"});
  const auto read = this->read(std::string("some\nwords\n3 4\na.jpg\n1\n1 2 3 4") + kRest);
  EXPECT_THAT(names(read), ElementsAre("a.jpg"));
  EXPECT_THAT(read.complaints, ElementsAre(HasSubstr("line 1: not a picture's name")));
}

TEST_F(WiderFace, CountsAllButKeepsTheFirstHundredComplaints) {
  add_pictures({"a.jpg"});
  std::string annotation = "a.jpg\n150\n";
  for (int i = 0; i < 150; ++i) annotation += std::string("1 2 0 0") + kRest;
  const auto read = this->read(annotation);
  EXPECT_EQ(read.skipped_faces, 150U);
  EXPECT_THAT(read.complaints, SizeIs(100));
}

TEST_F(WiderFace, FindsTheAnnotationAndItsPictures) {
  const std::string annotation = std::string("a.jpg\n1\n1 2 3 4") + kRest;
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("no wider_face_*_bbx_gt.txt in it"));

  write("wider_face_split/wider_face_val_bbx_gt.txt", annotation);
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("WIDER_val/images: none of the pictures"));
  write_jpeg_header("WIDER_val/images/a.jpg", 100, 80);
  EXPECT_THAT(read_wider_face(root(), WiderSplit::all).pictures, SizeIs(1));

  write("wider_face_split/wider_face_test_bbx_gt.txt", annotation);
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("several wider_face_*_bbx_gt.txt"));

  write("wider_face_split/wider_face_train_bbx_gt.txt", annotation);
  const auto picture = write_jpeg_header("WIDER_train/images/a.jpg", 100, 80);
  EXPECT_EQ(read_wider_face(root(), WiderSplit::all).pictures.at(0).path, picture);
}

TEST_F(WiderFace, SaysWhyNoPictureCanBeUsed) {
  add_pictures({"a.jpg"});
  write("wider_face_train_bbx_gt.txt", "a.jpg\nx\n");
  const auto broken = failure(ErrorCode::input);
  EXPECT_THAT(broken, HasSubstr("line 1: a.jpg: 'x' is not the number of its faces"));
  EXPECT_THAT(broken, Not(HasSubstr("unpack")));

  write("wider_face_train_bbx_gt.txt", "../..\n1\n");
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("../..: leads out of "));

  write("wider_face_train_bbx_gt.txt", "a.jpg\n0\n");
  const auto empty = MadeFolder::failure(ErrorCode::input,
                                         [this] { read_wider_face(root(), WiderSplit::training); });
  EXPECT_THAT(empty, HasSubstr("its split training is empty"));
  EXPECT_THAT(empty, Not(HasSubstr("unpack")));
}

TEST_F(WiderFace, RefusesWhatIsNoAnnotation) {
  for (const auto* text : {"", "\n\n", "emotion,pixels,Usage\n1,2,Training\n"}) {
    write("wider_face_train_bbx_gt.txt", text);
    EXPECT_THAT(failure(ErrorCode::model), HasSubstr("it names no picture"));
  }
  constexpr auto kTooMuch = (256ULL << 20) + 1;
  std::filesystem::resize_file(root() / "wider_face_train_bbx_gt.txt", kTooMuch);
  EXPECT_THAT(failure(ErrorCode::input), HasSubstr("larger than 256 MiB"));
}

}  // namespace
}  // namespace mien
