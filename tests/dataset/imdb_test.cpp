#include "dataset/imdb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "made_folder.h"
#include "made_imdb.h"

namespace mien {
namespace {

using Row = test::ImdbRow;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class ImdbFile : public MadeFolder {
 protected:
  std::filesystem::path write_mat(const std::vector<Row>& rows, const char* name = "imdb",
                                  bool is_whole = true) const {
    const auto path = root() / (std::string(name) + ".mat");
    test::write_imdb(path, rows, name, is_whole);
    return path;
  }

  /// The age of one face, or nothing when it is left out.
  std::optional<int> age(double born, double taken) const {
    const auto read = read_imdb(write_mat({{.born = born, .taken = taken}}));
    return read.faces.empty() ? std::nullopt : std::optional(read.faces[0].age);
  }
};

TEST_F(ImdbFile, TellsAgeAndGender) {
  const auto read = read_imdb(write_mat({{}, {.file = "02/b.jpg", .gender = 0, .name = "B"}}));
  ASSERT_EQ(read.faces.size(), 2U);
  EXPECT_EQ(read.faces[0].file, root() / "01/a.jpg");
  EXPECT_EQ(read.faces[0].age, 30);
  EXPECT_EQ(read.faces[0].gender, Gender::male);
  EXPECT_EQ(read.faces[0].person, "A. Person");
  EXPECT_EQ(read.faces[0].score, 3);
  EXPECT_EQ(read.faces[1].gender, Gender::female);
  EXPECT_TRUE(read.left_out.notes().empty());
  EXPECT_EQ(read_imdb(write_mat({{}}, "wiki")).faces.size(), 1U);
}

TEST_F(ImdbFile, LeavesOutWhatItsFiltersSay) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto read = read_imdb(write_mat({{},
                                         {.score = -std::numeric_limits<double>::infinity()},
                                         {.score = 0.5},
                                         {.second_score = 2},
                                         {.gender = none},
                                         {.born = none},
                                         {.file = "../../secret.jpg"},
                                         {.file = "/etc/passwd"}}));
  EXPECT_EQ(read.faces.size(), 1U);
  EXPECT_THAT(read.left_out.notes(),
              UnorderedElementsAre(HasSubstr("(1): pictures in which no face was found"),
                                   HasSubstr("(1): faces with a low score"),
                                   HasSubstr("(1): pictures with a second face"),
                                   HasSubstr("(1): faces whose gender is not known"),
                                   HasSubstr("(1): faces whose age is not within 0 to 100"),
                                   HasSubstr("(2): faces without a picture")));
  EXPECT_EQ(read_imdb(write_mat({{.score = 0.5}}), {.min_score = 0.2}).faces.size(), 1U);
}

TEST_F(ImdbFile, AgesAreThoseInTheMiddleOfTheYear) {
  const double new_year = 719529;    // 1970-01-01
  const double july = 719529 + 181;  // 1970-07-01
  EXPECT_EQ(age(new_year, 1970), 0);
  EXPECT_EQ(age(july, 2000), 30);
  EXPECT_EQ(age(july + 1, 2000), 29);
  EXPECT_EQ(age(new_year, 2070), 100);
  EXPECT_EQ(age(new_year, 2071), std::nullopt);
  EXPECT_EQ(age(new_year, 1969), std::nullopt);
  EXPECT_EQ(age(1e300, 2000), std::nullopt);
}

TEST_F(ImdbFile, OtherFilesAreErrors) {
  EXPECT_THAT(failure(ErrorCode::input, [&] { read_imdb(root() / "none.mat"); }),
              HasSubstr("cannot be read"));
  const auto text = write("text.mat", "text");
  EXPECT_THAT(failure(ErrorCode::model, [&] { read_imdb(text); }),
              HasSubstr("not a file of Matlab"));
  const auto other = write_mat({{}}, "other");
  EXPECT_THAT(failure(ErrorCode::model, [&] { read_imdb(other); }), HasSubstr("neither imdb nor"));
  const auto part = write_mat({{}}, "imdb", false);
  EXPECT_THAT(failure(ErrorCode::model, [&] { read_imdb(part); }),
              HasSubstr("no field second_face_score"));
}

}  // namespace
}  // namespace mien
