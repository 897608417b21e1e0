// mien evaluate on data sets of other layouts, and by group.
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "mien_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class EvaluateData : public test::Mien {
 protected:
  void write_kind(const std::string& name, const std::string& kind) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    const auto bytes = test::encoded(test::four_quarters(), kind);
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

TEST_F(EvaluateData, ReadsKdefAndMeasuresItsGroups) {
  for (int subject = 1; subject <= 31; ++subject) {
    const auto number = (subject < 10 ? "0" : "") + std::to_string(subject);
    write_kind("kdef/AF" + number + "/AF" + number + "HAS.JPG", ".jpg");
    write_kind("kdef/AM" + number + "/AM" + number + "SUS.JPG", ".jpg");
  }
  const auto result =
      run({"evaluate", "--data", path("kdef"), "--group-by", "gender,angle", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto parsed = json::parse(result.out);
  EXPECT_EQ(parsed.at("n"), 62);
  EXPECT_EQ(parsed.at("groups").at("gender").at("female").at("n"), 31);
  EXPECT_EQ(parsed.at("groups").at("angle").at("straight").at("n"), 62);
  EXPECT_TRUE(parsed.at("groups").at("gender").at("male").at("accuracy").is_number());
  EXPECT_EQ(parsed.at("largest_gap").at("kind"), "gender");
  const auto table = run({"evaluate", "--data", path("kdef"), "--group-by", "gender"});
  EXPECT_THAT(table.out, HasSubstr("by gender"));
  EXPECT_THAT(table.out, HasSubstr("largest gap in accuracy: "));
  test::expect_one_error(run({"evaluate", "--data", path("kdef"), "--group-by", "race"}), 2,
                         "the data tells only angle, gender");
}

TEST_F(EvaluateData, ReadsJaffesTiffs) {
  write_kind("jaffe/KA.AN1.39.tiff", ".tiff");
  write_kind("jaffe/KM.HA2.5.tiff", ".tiff");
  const auto result = run({"evaluate", "--data", path("jaffe"), "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("n"), 2);
}

TEST_F(EvaluateData, SaysWhatIsLeftOut) {
  write_kind("data/happy/1.png", ".png");
  write_kind("data/contempt/2.png", ".png");
  const auto result = run({"evaluate", "--data", path("data"), "--json"});
  ASSERT_EQ(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("mien: left out: 1 pictures of contempt"));
}

TEST_F(EvaluateData, FindsTheFacesWhenAskedTo) {
  const auto picture = test::astronaut();
  if (picture.empty()) GTEST_SKIP() << "script/setup fetches the portrait";
  const auto bytes = test::encoded(picture, ".png");
  std::filesystem::create_directories(path("data/happy"));
  write("data/happy/1.png", std::string(bytes.begin(), bytes.end()));
  write_kind("data/sad/2.png", ".png");
  std::filesystem::copy(
      std::filesystem::path(std::getenv("MIEN_SOURCE_DIR")) / "models" / "mien-detector.onnx",
      path("models"));
  const auto result = run({"evaluate", "--data", path("data"), "--find-faces", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("n"), 1);
  EXPECT_THAT(result.err, HasSubstr("left out: 1 pictures in which no face was found"));
}

TEST_F(EvaluateData, WrongFormatsAndSplitsAreOneLine) {
  write_kind("data/happy/1.png", ".png");
  test::expect_one_error(run({"evaluate", "--data", path("data"), "--format", "imagenet"}), 2,
                         "known: auto, fer2013");
  test::expect_one_error(run({"evaluate", "--data", path("data"), "--split", "fraction:2"}), 2,
                         "split fraction:2");
  test::expect_one_error(run({"evaluate", "--data", path("data"), "--split", "train"}), 3,
                         "its folders: happy");
}

}  // namespace
}  // namespace mien
