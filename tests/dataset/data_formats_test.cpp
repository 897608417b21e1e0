// Data sets that are known by their layouts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_pictures.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class DataFormats : public MadePictures {
 protected:
  /// As numpy.save() writes an array of one text of one character.
  static std::string numpy_text(const std::string& text) {
    std::string header =
        "{'descr': '<U" + std::to_string(text.size()) + "', 'fortran_order': False, 'shape': (), }";
    header.resize(118, ' ');
    header.back() = '\n';
    std::string bytes = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header;
    for (const char c : text) bytes += std::string{c, 0, 0, 0};
    return bytes;
  }

  /// Of one whole number.
  static std::string numpy_number(char number) {
    std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (), }";
    header.resize(118, ' ');
    header.back() = '\n';
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header +
           std::string{number, 0, 0, 0, 0, 0, 0, 0};
  }
};

TEST_F(DataFormats, KdefTellsAllInItsFilesNames) {
  add({"KDEF/AF01/AF01ANS.JPG", "KDEF/AF01/AF01AFHL.JPG", "KDEF/AF01/AF01DIHR.JPG",
       "KDEF/AF01/AF01HAFL.JPG", "KDEF/BM35/BM35NEFR.JPG", "KDEF/BM35/bm35sas.jpg",
       "KDEF/BM35/BM35SUS.JPG", "KDEF/BM35/BM35XXS.JPG", "KDEF/AF31/AF31V.JPG"});
  EXPECT_EQ(format_of(root(), "auto"), "kdef");
  const auto faces = read();
  EXPECT_THAT(labels(*faces), ElementsAre(Expression::fear, Expression::angry, Expression::disgust,
                                          Expression::happy, Expression::neutral,
                                          Expression::surprise, Expression::sad));
  EXPECT_THAT(faces->groups(0), ElementsAre(Pair("angle", "half_left"), Pair("gender", "female")));
  EXPECT_THAT(faces->groups(4), ElementsAre(Pair("angle", "full_right"), Pair("gender", "male")));
  EXPECT_EQ(faces->subject(0), "F01");
  EXPECT_EQ(faces->subject(6), "M35");
  EXPECT_THAT(notes, ElementsAre(HasSubstr("left out: 2 files whose names are not those of KDEF")));
}

TEST_F(DataFormats, SplitsOfKdefAreItsAngles) {
  add({"AF01ANS.JPG", "AF01HAHL.JPG", "BM35SUS.JPG"});
  EXPECT_THAT(labels(*read("straight")), ElementsAre(Expression::angry, Expression::surprise));
  EXPECT_THAT(failure(ErrorCode::usage, "train"), HasSubstr("straight, half_left"));
}

TEST_F(DataFormats, JaffeTellsAllInItsFilesNames) {
  add({"jaffe/KA.AN1.39.tiff", "jaffe/KA.DI1.42.tiff", "jaffe/KA.FE1.45.tiff",
       "jaffe/KM.HA2.5.tiff", "jaffe/KM.NE1.1.tiff", "jaffe/KM.SA3.11.tiff", "jaffe/YM.SU1.58.tiff",
       "jaffe/YM.XX1.58.tiff", "jaffe/README"});
  EXPECT_EQ(format_of(root(), "auto"), "jaffe");
  const auto faces = read();
  EXPECT_THAT(labels(*faces), ElementsAre(Expression::angry, Expression::disgust, Expression::fear,
                                          Expression::happy, Expression::neutral, Expression::sad,
                                          Expression::surprise));
  EXPECT_EQ(faces->subject(3), "KM");
  EXPECT_THAT(faces->groups(3), ElementsAre(Pair("gender", "female")));
  EXPECT_THAT(notes,
              ElementsAre(HasSubstr("left out: 1 files whose names are not those of JAFFE")));
  EXPECT_THAT(failure(ErrorCode::usage, "train"), HasSubstr("no split train"));
}

TEST_F(DataFormats, CkPlusTakesTheEndsOfLabelledSequences) {
  for (const auto* sequence : {"S005/001/S005_001_", "S005/002/S005_002_", "S010/001/S010_001_",
                               "S010/002/S010_002_", "S011/001/S011_001_"}) {
    for (int frame = 1; frame <= 5; ++frame) {
      write("cohn-kanade-images/" + std::string(sequence) + "0000000" + std::to_string(frame) +
                ".png",
            std::to_string(frame));
    }
  }
  write("Emotion/S005/001/S005_001_00000005_emotion.txt", "   3.0000000e+00\n");
  write("Emotion/S010/001/S010_001_00000005_emotion.txt", "   2.0000000e+00\n");
  write("Emotion/S011/001/S011_001_00000005_emotion.txt", "   7.0000000e+00\n");
  std::filesystem::create_directories(root() / "Emotion/S010/002");
  EXPECT_EQ(format_of(root(), "auto"), "ckplus");
  const auto faces = read();
  using enum Expression;
  EXPECT_THAT(labels(*faces), ElementsAre(neutral, disgust, disgust, disgust, neutral, surprise,
                                          surprise, surprise));
  std::vector<int> frames;
  for (std::size_t i = 0; i < faces->size(); ++i) frames.push_back(faces->get(i).pixels[0]);
  EXPECT_THAT(frames, ElementsAre(1, 3, 4, 5, 1, 3, 4, 5));
  EXPECT_EQ(faces->subject(0), "S005");
  EXPECT_EQ(faces->subject(7), "S011");
  EXPECT_THAT(notes, testing::UnorderedElementsAre(HasSubstr("left out: 1 sequences of contempt"),
                                                   HasSubstr("left out: 2 sequences without")));
}

TEST_F(DataFormats, CkPlusRefusesAWrongLabelAndTakesShortSequences) {
  add({"cohn-kanade-images/S1/001/a1.png", "cohn-kanade-images/S1/001/a2.png",
       "cohn-kanade-images/S2/001/b1.png"});
  write("Emotion/S1/001/a_emotion.txt", "1");
  write("Emotion/S2/001/b_emotion.txt", "5");
  EXPECT_THAT(labels(*read()),
              ElementsAre(Expression::neutral, Expression::angry, Expression::happy));
  for (const auto* wrong : {"8", "1.5", "happy", "", "1 2"}) {
    write("Emotion/S1/001/a_emotion.txt", wrong);
    EXPECT_THAT(failure(ErrorCode::model), HasSubstr("a_emotion.txt: not a label of CK+")) << wrong;
  }
}

TEST_F(DataFormats, CkPlusHasEveryLabelByItsNumber) {
  for (int label = 0; label < 8; ++label) {
    const auto subject = "S" + std::to_string(label);
    write("cohn-kanade-images/" + subject + "/001/1.png", "1");
    write("Emotion/" + subject + "/001/1_emotion.txt", std::to_string(label));
  }
  using enum Expression;
  EXPECT_THAT(labels(*read()), ElementsAre(neutral, angry, disgust, fear, happy, sad, surprise));
}

TEST_F(DataFormats, AffectNetIsReadAsItsAuthorsGiveIt) {
  for (int label = 0; label < 10; ++label) {
    const auto number = std::to_string(label);
    write("train_set/images/" + number + ".jpg", "1");
    write("train_set/annotations/" + number + "_exp.npy", numpy_text(number));
  }
  add({"train_set/images/99.jpg", "val_set/images/5.jpg"});
  write("val_set/annotations/5_exp.npy", numpy_number(6));
  EXPECT_EQ(format_of(root(), "auto"), "affectnet");
  using enum Expression;
  EXPECT_THAT(labels(*read("train")),
              ElementsAre(neutral, happy, sad, surprise, fear, disgust, angry));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("2 pictures labelled as no expression"),
                                 HasSubstr("1 pictures of contempt"),
                                 HasSubstr("1 pictures without a label")));
  EXPECT_THAT(labels(*read("validation")), ElementsAre(angry));
}

TEST_F(DataFormats, AffectNetRefusesAnnotationsThatAreNone) {
  add({"train_set/images/1.jpg"});
  for (const auto& wrong : {numpy_text("x"), numpy_text("11"), numpy_number(11), numpy_number(-1),
                            std::string("\x93NUMPY\x01\x00\xFF\xFF", 10), std::string("x"),
                            numpy_text("").substr(0, 10)}) {
    write("train_set/annotations/1_exp.npy", wrong);
    EXPECT_THAT(failure(ErrorCode::model, "train"),
                HasSubstr("1_exp.npy: not a label of AffectNet"));
  }
}

TEST_F(DataFormats, NumberedFoldersAreAffectNetsWhenThatIsNamed) {
  add({"val/0/1.png", "val/1/2.png", "val/6/3.png", "val/7/4.png"});
  EXPECT_THAT(labels(*read("val", "affectnet")),
              ElementsAre(Expression::neutral, Expression::happy, Expression::angry));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("1 pictures of contempt")));
  EXPECT_THAT(failure(ErrorCode::model, "", "affectnet"), HasSubstr("0 neutral, 1 happy"));
}

TEST_F(DataFormats, FoldersOfLabelsGoBeforeNamesOfFiles) {
  add({"happy/AF01HAS.JPG", "sad/AF01SAS.JPG"});
  EXPECT_EQ(format_of(root(), "auto"), "folders");
}

}  // namespace
}  // namespace mien
