// The program mien, run as a user runs it, with a model that the test makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "mien/expression.h"
#include "mien_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using test::expect_one_error;
using test::Mien;
using test::ProgramResult;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

#define REQUIRE_PORTRAIT(name)                                           \
  const auto name = portrait();                                          \
  if (name.empty())                                                      \
  GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it, to " \
                  "test with a real face"

TEST_F(Mien, HelpHasAnExampleForEveryCommand) {
  for (const auto* command : {"analyze", "bench", "evaluate", "models"}) {
    const auto result = run({command, "--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, HasSubstr(std::string("Example: mien ") + command));
    EXPECT_THAT(result.err, IsEmpty());
  }
  EXPECT_THAT(run({"--help"}).out, HasSubstr("Example: mien"));
  EXPECT_THAT(run({"--version"}).out, StartsWith("mien "));
}

TEST_F(Mien, WrongUsageIsOneLine) {
  expect_one_error(run({}), 2, "--help");
  expect_one_error(run({"analyse"}), 2, "unknown command 'analyse'");
  expect_one_error(run({"analyze"}), 2, "INPUT");
  const auto picture = write_picture("a.png");
  expect_one_error(run({"analyze", "--no-such", picture}), 2, "no-such");
  expect_one_error(run({"analyze", "--detector", "eye", picture}), 2, "haar-alt2");
  expect_one_error(run({"analyze", "--detector", "haar", "--min-face", "3", picture}), 2, "16");
  expect_one_error(run({"analyze", "--min-face", "x", picture}), 2, "min-face");
  expect_one_error(run({"analyze", "--labels", "angry", picture}), 2, "--input-size");
  expect_one_error(run({"analyze", "--csv", path("models"), picture}), 2, "--csv");
  expect_one_error(run({"evaluate", "--data", picture, "--metrics", "m"}), 2, "--plots");
}

TEST_F(Mien, TrainingIsDoneByAnotherProgram) {
  const auto alone = path("alone");
  std::filesystem::create_directory(alone);
  std::filesystem::copy(std::filesystem::path(std::getenv("MIEN_BIN")) / "mien", alone);
  const auto missing = test::run_mien({"train", "x"}, {.environment = {}, .folder = alone});
  expect_one_error(missing, 1, "mien-train");

  std::ofstream(alone + "/mien-train") << "#!/bin/sh\necho \"$@\"\nexit 7\n";
  std::filesystem::permissions(alone + "/mien-train", std::filesystem::perms::owner_all);
  const auto found =
      test::run_mien({"train", "a b", "--help"}, {.environment = {}, .folder = alone});
  EXPECT_EQ(found.status, 7);
  EXPECT_EQ(found.out, "train a b --help\n");
}

TEST_F(Mien, AFolderWithBrokenPicturesIsStillDone) {
  const auto pictures = path("pictures");
  std::filesystem::create_directory(pictures);
  const std::vector<std::string> kinds = {".png", ".jpg", ".webp", ".tiff", ".bmp"};
  for (std::size_t i = 0; i < 20; ++i) {
    write_picture("pictures/" + std::to_string(i) + kinds[i % kinds.size()]);
  }
  const auto whole = test::encoded(test::four_quarters(), ".jpg");
  write("pictures/broken1.jpg", std::string(whole.begin(), whole.begin() + 300));
  write("pictures/broken2.png", "");
  write("pictures/broken3.png", "just text\n");
  const auto huge = test::png_header(60000, 60000);
  write("pictures/broken4.png", std::string(huge.begin(), huge.end()));
  std::filesystem::create_symlink("nowhere.png", pictures + "/broken5.png");

  const auto result = run({"analyze", pictures});
  EXPECT_EQ(result.status, 3);
  ASSERT_THAT(result.out_lines(), SizeIs(20));
  for (const auto& line : result.out_lines()) {
    const auto parsed = json::parse(line);
    EXPECT_EQ(parsed.at("width"), 40);
    EXPECT_EQ(parsed.at("height"), 20);
  }
  EXPECT_EQ(json::parse(result.out_lines()[10]).at("source"), pictures + "/10.png");
  ASSERT_THAT(result.err_lines(), SizeIs(5)) << result.err;
  EXPECT_THAT(result.err_lines(), Each(StartsWith("mien: " + pictures + "/broken")));
  EXPECT_THAT(result.err_lines()[0], HasSubstr("cut off"));
  EXPECT_THAT(result.err_lines()[1], HasSubstr("empty"));
  EXPECT_THAT(result.err_lines()[2], HasSubstr("not a picture"));
  EXPECT_THAT(result.err_lines()[3], HasSubstr("100 megapixels"));
  EXPECT_THAT(result.err_lines()[4], HasSubstr("No such file"));
}

TEST_F(Mien, EveryKindOfBadInputIsOneLine) {
  const auto good = write_picture("good.png");
  std::filesystem::create_directory(path("empty"));
  const auto result = run({"analyze", path("none.jpg"), path("empty"), good, path("none/"),
                           write("movie.mp4", std::string("\0\0\0\x18"
                                                          "ftypisom",
                                                          12))});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.out_lines(), SizeIs(1));
  EXPECT_THAT(result.err_lines(), SizeIs(4)) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no picture in this folder"));
  EXPECT_THAT(result.err, HasSubstr("no video"));
}

TEST_F(Mien, DecodersSayNothingOfTheirOwn) {
  auto damaged = test::encoded(test::four_quarters(), ".jpg");
  damaged.insert(damaged.end() - 2, 40, 0x55);
  const auto file = write("a.jpg", std::string(damaged.begin(), damaged.end()));
  EXPECT_THAT(run({"analyze", file}).err, IsEmpty());
}

TEST_F(Mien, ABadModelIsOneLine) {
  const auto picture = write_picture("a.png");
  expect_one_error(run({"analyze", "--model", "none", picture}), 4, "mien models");
  expect_one_error(run({"analyze", "--model", picture, picture}), 4, "not an ONNX model");
  const auto bare = write("bare.onnx", test::linear_model(16).bytes());
  expect_one_error(run({"analyze", "--model", bare, picture}), 4, "has no card");
  expect_one_error(run({"models", bare}), 4, "has no card");
  expect_one_error(run({"evaluate", "--model", bare, "--data", picture}), 4, "has no card");
  const std::string labels = "angry,disgust,fear,happy,sad,surprise,neutral";
  expect_one_error(
      run({"analyze", "--model", bare, "--labels", labels, "--input-size", "48", picture}), 4,
      "[N,1,16,16]");
  EXPECT_EQ(run({"analyze", "--model", bare, "--labels", labels, "--input-size", "16x16", picture})
                .status,
            0);
}

TEST_F(Mien, AFullDiskIsSaid) {
  const auto picture = write_picture("a.png");
  expect_one_error(run({"analyze", picture}, "/dev/full"), 1, "standard output");
  expect_one_error(run({"models"}, "/dev/full"), 1, "standard output");
  expect_one_error(run({"--help"}, "/dev/full"), 1, "standard output");
}

TEST_F(Mien, FindsTheFaceInAPortrait) {
  REQUIRE_PORTRAIT(picture);
  for (const auto* detector : {"haar-alt2", "haar"}) {
    const auto result = run({"analyze", "--detector", detector, picture.string()});
    EXPECT_EQ(result.status, 0) << result.err;
    const auto parsed = json::parse(result.out);
    EXPECT_EQ(parsed.at("source"), picture.string());
    EXPECT_EQ(parsed.at("frame"), 0);
    ASSERT_THAT(parsed.at("faces"), SizeIs(1)) << detector;
    const auto& face = parsed.at("faces")[0];
    EXPECT_EQ(face.at("track"), 1);
    EXPECT_NEAR(face.at("box")[0].get<int>(), 178, 15);
    EXPECT_NEAR(face.at("box")[1].get<int>(), 69, 15);
    double sum = 0;
    for (const auto& probability : face.at("probabilities")) sum += probability.get<double>();
    EXPECT_NEAR(sum, 1, 5e-4);
    EXPECT_TRUE(expression_from_name(face.at("expression").get<std::string>()).has_value());
  }
}

TEST_F(Mien, WritesPicturesAndRows) {
  REQUIRE_PORTRAIT(picture);
  const auto result = run({"analyze", "--table", "--output", path("out"), "--csv",
                           path("faces.csv"), picture.string(), write_picture("none.jpg")});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("annotated picture: " + path("out/portrait.annotated.png")));
  EXPECT_THAT(result.out, HasSubstr("no face found"));
  EXPECT_TRUE(std::filesystem::exists(path("out/portrait.annotated.png")));
  EXPECT_TRUE(std::filesystem::exists(path("out/none.annotated.jpg")));
  const auto rows = test::read_text(path("faces.csv"));
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 2) << rows;
  EXPECT_THAT(rows, HasSubstr("portrait.png,0,0,1,"));
}

TEST_F(Mien, ListsModelsAndShowsTheirCards) {
  EXPECT_THAT(run({"models"}).out, HasSubstr("mien-base"));
  const auto list = json::parse(run({"models", "--json"}).out);
  ASSERT_FALSE(list.empty());
  const auto found = std::find_if(list.begin(), list.end(),
                                  [](const json& m) { return m.at("name") == "mien-base"; });
  ASSERT_NE(found, list.end());
  EXPECT_EQ(found->at("card").at("name"), "test-model");
  EXPECT_EQ(json::parse(run({"models", "mien-base", "--json"}).out), *found);
  EXPECT_THAT(run({"models", "mien-base"}).out, HasSubstr("angry, disgust, fear"));
}

TEST_F(Mien, ABadModelDoesNotHideTheOthers) {
  write("junk.onnx", "junk");
  const auto folders = path("") + ":" + path("models");
  const auto result = test::run_mien(
      {"models"}, {.environment = {{"MIEN_MODELS", folders}}, .out = {}, .folder = {}});
  EXPECT_THAT(result.out, HasSubstr("mien-base"));
  expect_one_error(result, 4, "junk.onnx: ");
}

TEST_F(Mien, ACsvIsWrittenWhateverHappens) {
  std::filesystem::create_directory(path("empty"));
  expect_one_error(run({"analyze", "--csv", path("faces.csv"), path("empty")}), 3, "no picture");
  EXPECT_THAT(test::read_text(path("faces.csv")), StartsWith("source,"));
  const auto picture = write_picture("a.png");
  expect_one_error(run({"analyze", "--csv", path("full.csv"), picture}, "/dev/full"), 1, "output");
  EXPECT_TRUE(std::filesystem::exists(path("full.csv")));
}

TEST_F(Mien, ACsvDoesNotOverwriteAnInput) {
  const auto picture = write_picture("a.png");
  const auto before = test::read_text(picture);
  expect_one_error(run({"analyze", "--csv", picture, picture}), 2, "it is also an input");
  EXPECT_EQ(test::read_text(picture), before);
}

TEST_F(Mien, DamagedPixelsAreAnError) {
  cv::Mat noise(64, 64, CV_8UC3);
  cv::randu(noise, 0, 256);
  const auto whole = test::encoded(noise, ".jpg");
  std::string half(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  half += "\xFF\xD9";  // it has an end, but half of its pixels
  expect_one_error(run({"analyze", write("half.jpg", half)}), 3, "pixels are damaged");
}

/// Two rows of PublicTest and one of Training, whose pixels are all one level.
std::string small_fer2013() {
  std::string csv = "emotion,pixels,Usage\n";
  for (const auto* row : {"3,7,PublicTest", "0,200,PublicTest", "1,9,Training"}) {
    const std::string text = row;
    const auto level = text.substr(2, text.rfind(',') - 2);
    csv += text.substr(0, 2) + level;
    for (int i = 1; i < 48 * 48; ++i) csv += ' ' + level;
    csv += text.substr(text.rfind(',')) + '\n';
  }
  return csv;
}

TEST_F(Mien, EvaluatesOnFer2013) {
  const auto data = write("fer2013.csv", small_fer2013());
  const auto result = run({"evaluate", "--data", data, "--split", "PublicTest", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out_lines(), SizeIs(1));
  const auto parsed = json::parse(result.out);
  EXPECT_EQ(parsed.at("n"), 2);
  // A face of one level is all zeros for the model: every expression is as likely, the first wins.
  EXPECT_EQ(parsed.at("accuracy"), 0.5);
  EXPECT_NEAR(parsed.at("nll").get<double>(), 1.9459, 1e-4);
  EXPECT_EQ(parsed.at("confusion")[3][0], 1);
  EXPECT_EQ(parsed.at("per_class").at("angry").at("support"), 1);
  // Sure to a seventh: no face is kept from 0.15 on.
  const auto& coverage = parsed.at("coverage");
  ASSERT_EQ(coverage.size(), 15U);
  EXPECT_EQ(coverage[14].at("threshold"), 0.14);
  EXPECT_EQ(coverage[14].at("coverage"), 1.0);
  EXPECT_EQ(coverage[14].at("accuracy"), 0.5);
  for (const auto* key : {"balanced_accuracy", "macro_f1", "ece", "images_per_second"}) {
    EXPECT_TRUE(parsed.at(key).is_number()) << key;
  }
  EXPECT_EQ(json::parse(run({"evaluate", "--data", data, "--json"}).out).at("n"), 2);
  EXPECT_THAT(run({"evaluate", "--data", data}).out, HasSubstr("accuracy           0.5000"));
  EXPECT_THAT(run({"evaluate", "--data", data}).out, HasSubstr("every face is uncertain"));
}

TEST_F(Mien, EvaluatesOnFoldersAndPlots) {
  for (const auto* folder : {"test", "test/happy", "test/sad"}) {
    std::filesystem::create_directories(path(std::string("data/") + folder));
  }
  write_picture("data/test/happy/1.png");
  write_picture("data/test/sad/1.jpg");
  write("metrics.jsonl", R"({"epoch":1,"train_loss":2,"train_accuracy":0.2,"validation_loss":1,)"
                         R"("validation_accuracy":0.3})"
                         "\n");
  const auto result = run({"evaluate", "--data", path("data"), "--split", "test", "--plots",
                           path("plots"), "--metrics", path("metrics.jsonl"), "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("n"), 2);
  for (const auto* name : {"confusion.svg", "confusion.png", "training.svg", "training.png"}) {
    EXPECT_TRUE(std::filesystem::exists(path(std::string("plots/") + name))) << name;
  }
}

TEST_F(Mien, BadDataIsOneLine) {
  expect_one_error(run({"evaluate", "--data", path("none.csv")}), 3, "none.csv");
  auto csv = small_fer2013();
  csv.resize(csv.size() - 100);
  expect_one_error(run({"evaluate", "--data", write("cut.csv", csv)}), 4, "line 4");
  const auto data = write("fer2013.csv", small_fer2013());
  expect_one_error(run({"evaluate", "--data", data, "--split", "train"}), 2, "PublicTest");
  std::filesystem::create_directory(path("empty"));
  expect_one_error(run({"evaluate", "--data", path("empty")}), 3, "no picture");
  std::filesystem::create_directories(path("broken/happy"));
  const auto broken = write("broken/happy/1.png", "text");
  expect_one_error(run({"evaluate", "--data", path("broken")}), 3, broken);
}

struct Shipped {
  std::string name;
  double accuracy;  ///< at least, on PublicTest with one crop
};

/// Names the case in a test's report.
std::ostream& operator<<(std::ostream& stream, const Shipped& model) {
  return stream << model.name;
}

class ShippedModel : public testing::TestWithParam<Shipped> {
 protected:
  /// Finds the models beside the program, as a user's does.
  static ProgramResult run(const std::vector<std::string>& arguments) {
    return test::run_mien(arguments, {.environment = {{"MIEN_MODELS", ""}}});
  }
};

TEST_P(ShippedModel, SaysThatTheAstronautIsHappy) {
  const test::TemporaryFolder folder;
  const auto picture = test::astronaut();
  if (picture.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  const auto file = folder.write("astronaut.png", test::encoded(picture, ".png"));
  const auto result = run({"analyze", "--model", GetParam().name, file.string()});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto faces = json::parse(result.out).at("faces");
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_EQ(faces[0].at("expression"), "happy");
}

TEST_P(ShippedModel, KeepsItsWordOnPublicTest) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread is at work
  const char* data = std::getenv("MIEN_TEST_FER2013");
  if (data == nullptr) GTEST_SKIP() << "NO DATA: set MIEN_TEST_FER2013 to Kaggle's fer2013.csv";
  const auto result = run(
      {"evaluate", "--model", GetParam().name, "--data", data, "--split", "PublicTest", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto evaluation = json::parse(result.out);
  EXPECT_EQ(evaluation.at("n"), 3589);
  EXPECT_GE(evaluation.at("accuracy").get<double>(), GetParam().accuracy);
}

INSTANTIATE_TEST_SUITE_P(Models, ShippedModel,
                         testing::Values(Shipped{"mien-base", 0.72}, Shipped{"mien-tiny", 0.675},
                                         Shipped{"mini-xception", 0.64}),
                         [](const auto& info) {
                           auto name = info.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mien
