// Gender and age: `--attributes` of the programs, and `mien evaluate --task attributes`.
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "mien_fixture.h"

namespace mien::test {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class AttributesOfFaces : public Mien {
 protected:
  static constexpr int kSide = 16;
  static constexpr int kAges = 41;

  void SetUp() override {
    Mien::SetUp();
    write("models/mien-attributes.onnx",
          with_card(two_headed_model(kSide, 2, kAges), attribute_card(kSide, kAges)));
  }

  /// A face of UTKFace: a gray square.
  void add(const std::string& labels, int index, int level) const {
    const auto bytes =
        encoded(cv::Mat(80, 80, CV_8UC3, cv::Scalar(level, 128, 255 - level)), ".jpg");
    std::filesystem::create_directories(path("utkface"));
    write("utkface/" + labels + "_" + std::to_string(20170109142408075 + index) + ".jpg.chip.jpg",
          std::string(bytes.begin(), bytes.end()));
  }

  ProgramResult evaluate(const std::vector<std::string>& more = {},
                         const std::string& split = "all") const {
    std::vector<std::string> arguments = {"evaluate",      "--task",  "attributes", "--data",
                                          path("utkface"), "--split", split};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

TEST_F(AttributesOfFaces, AreInTheResultWhenAskedForAndElseNot) {
  const auto picture = portrait();
  if (picture.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  const auto without = run({"analyze", picture.string()});
  ASSERT_EQ(without.status, 0) << without.err;
  EXPECT_THAT(without.out, Not(HasSubstr("attributes")));
  const auto with = run({"analyze", "--attributes", "gender,age", picture.string()});
  ASSERT_EQ(with.status, 0) << with.err;
  const auto faces = json::parse(with.out).at("faces");
  ASSERT_EQ(faces.size(), 1U);
  const auto& attributes = faces[0].at("attributes");
  EXPECT_GE(attributes.at("age").get<double>(), 20);
  EXPECT_LE(attributes.at("age").get<double>(), 20 + kAges - 1);
  EXPECT_GE(attributes.at("gender").at("confidence").get<double>(), 0.5);
  EXPECT_THAT(attributes.at("gender").at("label").get<std::string>(), ContainsRegex("male"));
  auto same = json::parse(with.out);
  same["faces"][0].erase("attributes");
  EXPECT_EQ(same, json::parse(without.out)) << "all else is as without";
  const auto age = run({"analyze", "--attributes", "age", picture.string()});
  EXPECT_FALSE(json::parse(age.out)["faces"][0]["attributes"].contains("gender"));
}

TEST_F(AttributesOfFaces, AreInTablesAndRows) {
  const auto picture = portrait();
  if (picture.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  const auto result = run({"analyze", "--attributes", "gender,age", "--table", "--csv",
                           path("faces.csv"), picture.string()});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("looks"));
  EXPECT_THAT(result.out, ContainsRegex("male, about [2-6][0-9]"));
  const auto rows = read_text(path("faces.csv"));
  EXPECT_THAT(rows.substr(0, rows.find('\r')), EndsWith(",gender,gender_confidence,age"));
}

TEST_F(AttributesOfFaces, ABadOptionOrModelIsOneLine) {
  const auto picture = write_picture("a.png");
  expect_one_error(run({"analyze", "--attributes", "height", picture}), 2,
                   "--attributes height: give gender, age or gender,age");
  expect_one_error(
      run({"analyze", "--attributes", "age", "--attributes-model", "mien-base", picture}), 4,
      "names expressions and estimates no gender and age");
  expect_one_error(run({"analyze", "--model", "mien-attributes", picture}), 4,
                   "estimates gender and age and names no expressions");
  write("models/mien-attributes.onnx",
        with_card(two_headed_model(kSide, 2, kAges - 1), attribute_card(kSide, kAges)));
  expect_one_error(run({"analyze", "--attributes", "age", picture}), 4,
                   "its output [N,40] is not the card's [N,41]");
  EXPECT_EQ(run({"analyze", picture}).status, 0) << "a model that is not asked for is not read";
}

TEST_F(AttributesOfFaces, AreMeasuredForGroups) {
  for (int i = 0; i < 40; ++i) add("30_0_1", i, 40 + 4 * i);
  for (int i = 40; i < 90; ++i) add("45_1_3", i, 2 * i);
  const auto result = evaluate({"--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto measured = json::parse(result.out);
  EXPECT_EQ(measured.at("n"), 90);
  const auto& groups = measured.at("groups");
  EXPECT_EQ(groups.at("race").at("black").at("n"), 40);
  EXPECT_EQ(groups.at("race").at("indian").at("n"), 50);
  EXPECT_EQ(groups.at("age").at("40-49").at("n"), 50);
  EXPECT_EQ(groups.at("gender").at("female").at("n"), 50);
  const double mean = (40 * groups["race"]["black"]["age_error"].get<double>() +
                       50 * groups["race"]["indian"]["age_error"].get<double>()) /
                      90;
  EXPECT_NEAR(measured.at("age_error").get<double>(), mean, 1e-9);
  EXPECT_TRUE(measured.at("largest_gap").at("age_error").contains("worst"));
  const auto table = evaluate({"--group-by", "race"});
  EXPECT_THAT(table.out, HasSubstr("gender accuracy"));
  EXPECT_THAT(table.out, HasSubstr("indian"));
  EXPECT_THAT(table.out, HasSubstr("largest gaps"));
  EXPECT_THAT(table.out, Not(HasSubstr("40-49")));
}

TEST_F(AttributesOfFaces, BadDataIsSaid) {
  expect_one_error(evaluate(), 3, "UTKFace");
  add("30_0_1", 0, 100);
  expect_one_error(evaluate({}, "Training"), 2, "training, validation, test and all");
  expect_one_error(evaluate({"--group-by", "height"}), 2, "--group-by height");
  expect_one_error(evaluate({"--tta", "flip"}), 2, "--tta: not an option of --task attributes");
  expect_one_error(evaluate({"--plots", path("plots")}), 2, "--plots: not an option");
  write("utkface/31_0_1_2017.jpg", "no picture");
  const auto result = evaluate({"--json"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(json::parse(result.out).at("skipped"), 1);
}

}  // namespace
}  // namespace mien::test
