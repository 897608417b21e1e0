// `mien evaluate --task detection`, on data sets that the test makes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mien_fixture.h"

namespace mien::test {
namespace {

using nlohmann::json;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kAnnotation = "data/wider_face_train_bbx_gt.txt";
constexpr const char* kPictures = "data/WIDER_train/images/";

class EvaluatingDetection : public Mien {
 protected:
  void SetUp() override {
    Mien::SetUp();
    std::filesystem::create_directories(path(kPictures));
  }

  static constexpr const char* kFaceInPortrait = "178 65 95 115";

  /// A picture of 160 x 120 gray pixels, with a face said to be at that box.
  void add_gray(const std::string& name, const std::string& box = "10 10 40 50") {
    add(name, cv::Mat(120, 160, CV_8UC3, cv::Scalar::all(128)), box);
  }

  void add(const std::string& name, const cv::Mat& picture, const std::string& box) {
    const auto bytes = encoded(picture, std::filesystem::path(name).extension().string());
    write(kPictures + name, std::string(bytes.begin(), bytes.end()));
    annotate(name, box);
  }

  void forget_annotation() { annotation_.clear(); }

  void annotate(const std::string& name, const std::string& box) {
    annotation_ += name + "\n1\n" + box + " 0 0 0 0 0 0\n";
    write(kAnnotation, annotation_);
  }

  ProgramResult evaluate(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"evaluate",   "--task",     "detection", "--data",
                                          path("data"), "--detector", "haar-fast"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  json evaluated(std::vector<std::string> more = {}) const {
    more.emplace_back("--json");
    const auto result = evaluate(more);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out_lines(), SizeIs(1));
    return json::parse(result.out);
  }

 private:
  std::string annotation_;
};

/// By their lines in the legend, which are wider than all others.
int curves_in(const std::filesystem::path& svg) {
  constexpr std::string_view kLegendLine = "stroke-width:3;";
  const auto text = read_text(svg);
  int count = 0;
  for (auto at = text.find(kLegendLine); at != std::string::npos;
       at = text.find(kLegendLine, at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(EvaluatingDetection, FindsTheFaceInAPortrait) {
  const auto portrait = astronaut();
  if (portrait.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  add("portrait.jpg", portrait, kFaceInPortrait);
  add_gray("gray.jpg", "10 10 20 30");  // no detector finds a face there
  const auto parsed = evaluated();
  EXPECT_EQ(parsed.at("detector"), "haar-fast");
  EXPECT_EQ(parsed.at("pictures"), 2);
  EXPECT_EQ(parsed.at("skipped_pictures"), 0);
  EXPECT_EQ(parsed.at("threshold"), 0.5);
  EXPECT_GT(parsed.at("milliseconds_per_picture").get<double>(), 0);
  const auto& all = parsed.at("faces_from").at("20");
  EXPECT_EQ(all.at("faces"), 2);
  EXPECT_EQ(all.at("recall"), 0.5);
  EXPECT_EQ(all.at("average_precision"), 0.5);
  for (const auto* height : {"40", "80"}) {
    const auto& large = parsed.at("faces_from").at(height);
    EXPECT_EQ(large.at("faces"), 1) << height;
    EXPECT_EQ(large.at("recall"), 1) << height;
    EXPECT_EQ(large.at("precision"), 1) << height;
    EXPECT_EQ(large.at("average_precision"), 1) << height;
  }

  const auto unsure = evaluated({"--min-score", "1"});
  EXPECT_EQ(unsure.at("threshold"), 1);
  EXPECT_EQ(unsure.at("faces_from").at("80").at("recall"), 0);
  EXPECT_EQ(unsure.at("faces_from").at("80").at("average_precision"), 1);

  const auto missed = evaluated({"--min-face", "400"});
  EXPECT_EQ(missed.at("faces_from").at("80").at("average_precision"), 0);

  const auto table = evaluate({"--plots", path("plots/new")});
  EXPECT_THAT(table.out, HasSubstr("pictures          2\n"));
  EXPECT_THAT(table.out, HasSubstr(" 40 pixels        1               1.000       1.000    1.000"));
  EXPECT_THAT(table.out, Not(HasSubstr("skipped")));
  EXPECT_EQ(curves_in(path("plots/new/detection.svg")), 3);
  EXPECT_TRUE(std::filesystem::exists(path("plots/new/detection.png")));
}

TEST_F(EvaluatingDetection, ScalesLargerPicturesDown) {
  add("a.png", cv::Mat(640, 1280, CV_8UC3, cv::Scalar::all(128)), "10 10 50 60");
  const auto faces = [this](const std::vector<std::string>& options) {
    const auto parsed = evaluated(options).at("faces_from");
    return std::pair(parsed.at("20").at("faces").get<int>(),
                     parsed.at("40").at("faces").get<int>());
  };
  EXPECT_EQ(faces({}), std::pair(1, 0));  // to 640, and the face to 30 pixels
  EXPECT_EQ(faces({"--longest-side", "0"}), std::pair(1, 1));
  EXPECT_EQ(faces({"--longest-side", "2000"}), std::pair(1, 1));
  EXPECT_EQ(faces({"--longest-side", "320"}), std::pair(0, 0));
}

TEST_F(EvaluatingDetection, TakesASplit) {
  for (int i = 0; i < 9; ++i) add_gray(std::to_string(i) + ".jpg");
  EXPECT_EQ(evaluated().at("pictures"), 9);
  EXPECT_EQ(evaluated({"--split", "all"}).at("pictures"), 9);
  EXPECT_EQ(evaluated({"--split", "validation"}).at("pictures"), 2);
  EXPECT_EQ(evaluated({"--split", "training"}).at("pictures"), 7);
}

TEST_F(EvaluatingDetection, SaysWhereThereIsNothingToMeasure) {
  add_gray("a.jpg", "10 10 30 30");
  const auto parsed = evaluated().at("faces_from");
  EXPECT_EQ(parsed.at("20").at("average_precision"), 0);
  for (const auto* height : {"40", "80"}) {
    EXPECT_EQ(parsed.at(height).at("faces"), 0);
    for (const auto* measure : {"average_precision", "precision", "recall"}) {
      EXPECT_TRUE(parsed.at(height).at(measure).is_null()) << height << measure;
    }
  }
  const auto table = evaluate({"--plots", path("plots")});
  EXPECT_EQ(table.status, 0);
  EXPECT_THAT(table.err, Eq("mien: nothing to measure of faces from 40 and from 80 pixels: there "
                            "are none\n"));
  EXPECT_THAT(table.out, HasSubstr(" 20 pixels        1               0.000       0.000    0.000"));
  EXPECT_THAT(table.out, HasSubstr(" 40 pixels        0                   -           -        -"));
  EXPECT_EQ(curves_in(path("plots/detection.svg")), 1);
}

TEST_F(EvaluatingDetection, WithoutAnyFaceThePlotIsEmpty) {
  add_gray("a.jpg", "10 10 5 5");
  const auto result = evaluate({"--plots", path("plots")});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err_lines(), SizeIs(1)) << result.err;
  EXPECT_EQ(curves_in(path("plots/detection.svg")), 0);
  EXPECT_TRUE(std::filesystem::exists(path("plots/detection.png")));
}

TEST_F(EvaluatingDetection, AFindingMayBeTheFaceOfABrokenLine) {
  const auto portrait = astronaut();
  if (portrait.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  add("a.jpg", portrait, kFaceInPortrait);
  add("b.jpg", portrait, "178 65 x 115");
  const auto parsed = evaluated().at("faces_from").at("80");
  EXPECT_EQ(parsed.at("faces"), 1);
  EXPECT_EQ(parsed.at("recall"), 1);
  EXPECT_EQ(parsed.at("precision"), 1);
}

TEST_F(EvaluatingDetection, BoxesAreCutToThePictureOnceItsSizeIsKnown) {
  add_gray("a.png", "10 90 40 80");  // 30 of its 80 pixels are in the picture
  auto parsed = evaluated();
  EXPECT_EQ(parsed.at("skipped_faces"), 0);
  EXPECT_EQ(parsed.at("faces_from").at("20").at("faces"), 1);
  EXPECT_EQ(parsed.at("faces_from").at("40").at("faces"), 0);

  add_gray("b.png", "200 10 40 50");
  add_gray("c.png", "10 94 40 80");
  const auto result = evaluate({"--json"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("_gt.txt: line 6: a face outside of the picture; the face is"));
  EXPECT_THAT(result.err, HasSubstr("_gt.txt: line 9: a face of which less than a third"));
  parsed = json::parse(result.out);
  EXPECT_EQ(parsed.at("skipped_faces"), 2);
  EXPECT_EQ(parsed.at("faces_from").at("20").at("faces"), 1);
}

TEST_F(EvaluatingDetection, PicturesAreSearchedAsTheyLieInTheFile) {
  const auto add_turned = [this](const cv::Mat& picture, const std::string& box) {
    const auto bytes = with_orientation(encoded(picture, ".jpg"), 6);
    write(kPictures + std::string("a.jpg"), std::string(bytes.begin(), bytes.end()));
    annotate("a.jpg", box);
  };
  add_turned(cv::Mat(120, 160, CV_8UC3, cv::Scalar::all(128)), "130 10 30 40");
  EXPECT_EQ(evaluated().at("skipped_faces"), 0) << "inside of 160 x 120, outside of 120 x 160";

  const auto portrait = astronaut();
  if (portrait.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  forget_annotation();
  add_turned(portrait, kFaceInPortrait);
  EXPECT_EQ(evaluated().at("faces_from").at("80").at("recall"), 1);
}

TEST_F(EvaluatingDetection, SaysHowFindingsAreJudged) {
  add_gray("a.jpg");
  constexpr const char* kRule = "matches no face is wrong for each of the three sizes";
  EXPECT_THAT(evaluate().out, HasSubstr(kRule));
  EXPECT_THAT(run({"evaluate", "--help"}).out, HasSubstr(kRule));
}

TEST_F(EvaluatingDetection, ABrokenNameIsAPictureThatIsSkipped) {
  for (int i = 0; i < 8; ++i) {
    if (i == 3) annotate("broken.jp", "10 10 20 20");
    add_gray(std::to_string(i) + ".jpg");
  }
  const auto result = evaluate({"--json", "--split", "validation"});
  EXPECT_EQ(json::parse(result.out).at("pictures"), 2) << "the first and the ninth";
  const auto all = evaluate({"--json"});
  EXPECT_EQ(all.status, 3);
  EXPECT_THAT(all.err, HasSubstr("line 10: broken.jp: not the name of a .jpg"));
  EXPECT_EQ(json::parse(all.out).at("pictures"), 8);
  EXPECT_EQ(json::parse(all.out).at("skipped_pictures"), 1);
}

TEST_F(EvaluatingDetection, SkipsAndCountsWhatIsBroken) {
  add_gray("a.jpg", "10 10 80 90");
  annotate("a.jpg", "10 10 0 9");
  const auto face = evaluate({"--json"});
  EXPECT_EQ(face.status, 0) << "a face of no size is no input that cannot be read";
  EXPECT_THAT(face.err_lines(), SizeIs(1));
  EXPECT_THAT(face.err, HasSubstr("line 6: a face of no size"));
  EXPECT_EQ(json::parse(face.out).at("skipped_faces"), 1);

  annotate("missing.jpg", "10 10 20 20");
  annotate("broken.jpg", "10 10 20 20");
  write(std::string(kPictures) + "broken.jpg", "text");
  const auto result = evaluate({"--json"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err_lines(), SizeIs(3));
  EXPECT_THAT(result.err, HasSubstr("missing.jpg: no such picture"));
  EXPECT_THAT(result.err, HasSubstr("broken.jpg: not a picture"));
  EXPECT_EQ(json::parse(result.out).at("pictures"), 2);
  EXPECT_EQ(json::parse(result.out).at("skipped_pictures"), 2);
  EXPECT_THAT(evaluate().out, HasSubstr("skipped           2 pictures, 1 face\n"));

  for (int i = 0; i < 20; ++i) annotate("missing.jpg", "10 10 20 20");
  const auto many = evaluate();
  EXPECT_EQ(many.status, 3);
  EXPECT_THAT(many.err_lines(), SizeIs(6));
  EXPECT_THAT(many.err, HasSubstr("mien: 18 more were skipped\n"));
}

TEST_F(EvaluatingDetection, DataThatCannotBeUsedIsOneLine) {
  expect_one_error(evaluate(), 3, "no wider_face_*_bbx_gt.txt in it");
  write(kAnnotation, "emotion,pixels,Usage\n");
  expect_one_error(evaluate(), 4, "names no picture");
  annotate("broken.jpg", "10 10 20 20");
  expect_one_error(evaluate(), 3, "none of the pictures");
  write(std::string(kPictures) + "broken.jpg", "text");
  const auto broken = evaluate();
  EXPECT_EQ(broken.status, 3);
  EXPECT_THAT(broken.out, IsEmpty());
  EXPECT_THAT(broken.err, HasSubstr("broken.jpg: not a picture"));
  EXPECT_THAT(broken.err, HasSubstr("none of its pictures can be read"));
}

TEST_F(EvaluatingDetection, OptionsThatMakeNoSenseAreWrongUsage) {
  add_gray("a.jpg");
  expect_one_error(evaluate({"--split", "PublicTest"}), 2, "training, validation and all");
  expect_one_error(evaluate({"--min-score", "2"}), 2, "--min-score 2: give 0 to 1");
  expect_one_error(evaluate({"--longest-side", "-1"}), 2, "--longest-side");
  expect_one_error(evaluate({"--min-face", "x"}), 2, "--min-face");
  expect_one_error(evaluate({"--tta", "flip"}), 2, "--tta: not an option of --task detection");
  expect_one_error(evaluate({"--model", "mien-base"}), 2, "--model: not an option");
  expect_one_error(
      run({"evaluate", "--task", "detection", "--data", path("data"), "--detector", "eye"}), 2,
      "unknown detector 'eye'");
  expect_one_error(run({"evaluate", "--task", "age", "--data", path("data")}), 2,
                   "--task age: give expression, detection or attributes");
  expect_one_error(run({"evaluate", "--data", path("data"), "--longest-side", "320"}), 2,
                   "--longest-side: not an option of --task expression");
}

}  // namespace
}  // namespace mien::test
