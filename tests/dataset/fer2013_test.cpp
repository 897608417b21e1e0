#include "dataset/fer2013.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

std::string pixels(int value, int count = 48 * 48) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(value) + (i + 1 < count ? " " : "");
  return text;
}

class Fer2013File : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("mien-" + std::string(test->name()) + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  std::filesystem::path rows(const std::string& text) const {
    return write("fer2013.csv", "emotion,pixels,Usage\n" + text);
  }

  /// The message of the Error that reading gives, and its code.
  static std::string failure(const Fer2013Files& files, ErrorCode expected = ErrorCode::model) {
    try {
      read_fer2013(files, {FerSplit::training});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected);
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Fer2013File, GivesTheSplitsInTheOrderAskedFor) {
  const auto csv = rows("3," + pixels(7) + ",Training\n" +        //
                        "6," + pixels(255) + ",PublicTest\r\n" +  //
                        "0," + pixels(0) + ",PrivateTest\n" +     //
                        "1,\"" + pixels(9) + "\",Training");
  const auto splits = read_fer2013({csv, {}}, {FerSplit::public_test, FerSplit::training});
  ASSERT_EQ(splits[0].size(), 1U);
  ASSERT_EQ(splits[1].size(), 2U);
  EXPECT_EQ(splits[0].get(0).label, Expression::neutral);
  EXPECT_EQ(splits[0].get(0).pixels.size(), 2304U);
  EXPECT_THAT(splits[0].get(0).pixels, testing::Each(255));
  EXPECT_EQ(splits[1].get(1).label, Expression::disgust);
  EXPECT_THAT(splits[1].get(1).pixels, testing::Each(9));
  EXPECT_FALSE(splits[1].get(0).votes.has_value());
}

TEST_F(Fer2013File, ReadsTheVotesOfTheSameRows) {
  const std::string header =
      "Usage,Image "
      "name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
  const auto csv = rows("3," + pixels(7) + ",PublicTest\n2," + pixels(8) + ",Training\n");
  const auto votes = write("new.csv", header + "PublicTest,a.png,1,9,0,0,0,0,0,0,0,0\n" +
                                          "Training,,0,0,0,0,0,0,8,0,1,1\n");
  const auto splits = read_fer2013({csv, votes}, {FerSplit::training});
  EXPECT_THAT(*splits[0].get(0).votes, testing::ElementsAre(0, 0, 0, 0, 0, 0, 8, 0, 1, 1));

  EXPECT_THAT(failure({csv, write("few.csv", header + "PublicTest,a,1,9,0,0,0,0,0,0,0,0\n")}),
              HasSubstr("fewer rows"));
  EXPECT_THAT(failure({csv, write("many.csv", header + "PublicTest,a,1,9,0,0,0,0,0,0,0,0\n" +
                                                  "Training,b,0,0,0,0,0,0,8,0,1,1\n" +
                                                  "Training,c,0,0,0,0,0,0,8,0,1,1\n")}),
              HasSubstr("line 4: more rows"));
  EXPECT_THAT(failure({csv, write("other.csv", header + "Training,a,1,9,0,0,0,0,0,0,0,0\n")}),
              HasSubstr("line 2: its Usage is not that"));
  EXPECT_THAT(failure({csv, write("short.csv", header + "PublicTest,a,1,9,0\n")}),
              HasSubstr("expected ten votes"));
  EXPECT_THAT(failure({csv, write("none.csv", "nothing\n")}), HasSubstr("not FER+'s"));
}

TEST_F(Fer2013File, NamesTheLineOfABadRow) {
  const auto good = "3," + pixels(7) + ",Training\n";
  EXPECT_THAT(failure({rows(good + "7," + pixels(7) + ",Training\n"), {}}),
              HasSubstr("line 3: the emotion is not a number of 0..6"));
  EXPECT_THAT(failure({rows("x," + pixels(7) + ",Training\n"), {}}), HasSubstr("the emotion"));
  EXPECT_THAT(failure({rows("-1," + pixels(7) + ",Training\n"), {}}), HasSubstr("the emotion"));
  EXPECT_THAT(failure({rows(good + "3," + pixels(7, 2303) + ",Training\n"), {}}),
              HasSubstr("line 3: expected 2304 pixels, found 2303"));
  EXPECT_THAT(failure({rows("3," + pixels(7, 2305) + ",Training\n"), {}}), HasSubstr("found 2305"));
  EXPECT_THAT(failure({rows("3," + pixels(256) + ",Training\n"), {}}),
              HasSubstr("pixel 1 is not a number of 0..255"));
  EXPECT_THAT(failure({rows("3,1;2," + pixels(1) + ",Training\n"), {}}),
              HasSubstr("not separated by spaces"));
  EXPECT_THAT(failure({rows("3," + pixels(7) + ",Test\n"), {}}), HasSubstr("unknown Usage 'Test'"));
}

TEST_F(Fer2013File, RefusesARowThatIsCutOff) {
  const auto good = "3," + pixels(7) + ",Training\n";
  EXPECT_THAT(failure({rows(good + "3,1 2 3 4"), {}}), HasSubstr("line 3: expected emotion"));
  EXPECT_THAT(failure({rows(good + "3," + pixels(7) + ",Train"), {}}), HasSubstr("line 3"));
  EXPECT_THAT(failure({rows(std::string(200000, '1')), {}}), HasSubstr("too long"));
}

TEST_F(Fer2013File, RefusesWhatIsNotFer2013) {
  EXPECT_THAT(failure({write("empty.csv", ""), {}}), HasSubstr("line 1: not FER-2013"));
  EXPECT_THAT(failure({write("other.csv", "a,b,c\n"), {}}), HasSubstr("line 1: not FER-2013"));
  EXPECT_THAT(failure({"/does/not/exist.csv", {}}, ErrorCode::input), HasSubstr("cannot be read"));
  EXPECT_THAT(failure({std::filesystem::temp_directory_path(), {}}, ErrorCode::input),
              HasSubstr("cannot be read"));
  EXPECT_THAT(failure({rows("3," + pixels(7) + ",PublicTest\n"), {}}),
              HasSubstr("no row of Training"));
}

TEST_F(Fer2013File, ReportsProgressToTheEnd) {
  std::uintmax_t last = 0;
  const auto csv = rows("3," + pixels(7) + ",Training\n");
  read_fer2013({csv, {}}, {FerSplit::training}, [&](auto done, auto total) {
    EXPECT_LE(done, total);
    last = done;
  });
  EXPECT_EQ(last, std::filesystem::file_size(csv));
}

}  // namespace
}  // namespace mien
