// The options that choose the face detector, with one that takes bright squares for faces.
#include <gmock/gmock.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "video_fixture.h"

namespace mien::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

class Detectors : public MienOnVideo {
 protected:
  void SetUp() override {
    MienOnVideo::SetUp();
    detector_ = write("models/squares.onnx", with_card(bright_square_model({8}), card_));
    cv::Mat picture(192, 256, CV_8UC3, cv::Scalar::all(0));
    picture(cv::Rect(48, 48, 16, 16)).setTo(cv::Scalar::all(255));
    picture(cv::Rect(160, 112, 16, 16)).setTo(cv::Scalar::all(208));  // less sure
    const auto bytes = encoded(picture, ".png");
    picture_ = write("squares.png", std::string(bytes.begin(), bytes.end()));
  }

  std::vector<json> faces(const std::vector<std::string>& options) const {
    std::vector<std::string> arguments{"analyze", "--detector", detector_, picture_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = run(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out).at("faces");
  }

  ModelCard card_ = detector_card({8});
  std::string detector_;
  std::string picture_;
};

TEST_F(Detectors, AFileIsADetector) {
  const auto found = faces({});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].at("box"), json::parse("[20, 20, 64, 64]"));
  EXPECT_EQ(found[1].at("box"), json::parse("[132, 84, 64, 64]"));
  EXPECT_GT(found[0].at("score"), 0.9);
  EXPECT_NEAR(found[1].at("score"), 0.7, 0.1);
}

TEST_F(Detectors, LandmarksStraightenTiltedHeadsUnlessToldNotTo) {
  EXPECT_EQ(faces({})[0].at("landmarks"),
            json::parse("[[50.0,52.0],[54.0,52.0],[52.0,54.0],[50.0,54.0],[54.0,54.0]]"));
  EXPECT_EQ(faces({}), faces({"--no-straighten"})) << "upright";
  cv::Mat picture(192, 256, CV_8UC3, cv::Scalar::all(0));
  picture(cv::Rect(48, 48, 16, 16)).setTo(cv::Scalar::all(255));
  picture(cv::Rect(24, 76, 56, 4)).setTo(cv::Scalar::all(90));  // looks different when turned
  const auto bytes = encoded(picture, ".png");
  picture_ = write("squares.png", std::string(bytes.begin(), bytes.end()));
  auto tilted = bright_square_model({8});  // by a quarter
  auto& planes = *tilted.model().mutable_graph()->mutable_initializer(1);
  for (int x = 5; x < 15; x += 2) {
    const float across = 4 * planes.float_data(x);  // as large as a face's in that box
    planes.set_float_data(x, -6 * planes.float_data(x + 1));
    planes.set_float_data(x + 1, across);
  }
  write("models/squares.onnx", with_card(tilted, card_));
  const auto straightened = faces({})[0];
  const auto left_tilted = faces({"--no-straighten"})[0];
  EXPECT_EQ(straightened.at("landmarks")[0], json::parse("[52.0,44.0]"));
  EXPECT_EQ(straightened.at("landmarks"), left_tilted.at("landmarks"));
  EXPECT_NE(straightened.at("probabilities"), left_tilted.at("probabilities"));
}

TEST_F(Detectors, MinScoreAndMinFaceLeaveFacesOut) {
  EXPECT_THAT(faces({"--min-score", "0.9"}), SizeIs(1));
  EXPECT_THAT(faces({"--min-face", "100"}), SizeIs(0));
  expect_one_error(run({"analyze", "--min-score", "1.5", picture_}), 2, "give 0 to 1");
  expect_one_error(run({"analyze", "--min-score", "high", picture_}), 2, "min-score");
  expect_one_error(run({"analyze", "--detector", detector_, "--min-face", "11", picture_}), 2,
                   "give 12");
}

TEST_F(Detectors, ThatCannotBeUsedAreOneLine) {
  const auto by = [&](const std::string& detector) {
    return run({"analyze", "--detector", detector, picture_});
  };
  expect_one_error(by(path("none.onnx")), 4, "no such model file");
  expect_one_error(by(path("models/mien-base.onnx")), 4, "finds no faces");
  expect_one_error(by("yunet:" + picture_), 4, "not an ONNX model");
  expect_one_error(by("yunet:" + path("models/mien-base.onnx")), 4, "not a YuNet");
  expect_one_error(run({"analyze", "--model", detector_, picture_}), 4, "names no expressions");
  expect_one_error(run({"evaluate", "--model", detector_, "--data", picture_}), 4,
                   "names no expressions");
  auto nan = bright_square_model({8});
  nan.model().mutable_graph()->mutable_initializer(0)->set_float_data(
      7, std::numeric_limits<float>::quiet_NaN());
  expect_one_error(by(write("nan.onnx", with_card(nan, card_))), 4, "NaN");
  card_.detector.strides = {16};
  expect_one_error(by(write("card.onnx", with_card(bright_square_model({8}), card_))), 4,
                   "for stride 16");
}

TEST_F(Detectors, HelpNamesThem) {
  const auto help = run({"analyze", "--help"}).out;
  for (const auto* text : {"mien", "haar-alt2", "yunet:FILE", "FILE.onnx", "--min-face",
                           "--min-score", "--detect-every", "--no-straighten"}) {
    EXPECT_THAT(help, HasSubstr(text));
  }
}

TEST_F(Detectors, ModelsShowsTheirCards) {
  EXPECT_THAT(run({"models"}).out, HasSubstr("squares           detection"));
  EXPECT_THAT(run({"models"}).out, HasSubstr("mien-base         expression"));
  const auto card = run({"models", detector_}).out;
  for (const auto* text :
       {"test-detector", "detection", "strides", "smallest face", "1.25 times the face's box"}) {
    EXPECT_THAT(card, HasSubstr(text));
  }
  for (const auto* text : {"labels", "calibration"}) {
    EXPECT_THAT(card, testing::Not(HasSubstr(text)));
  }
  const auto listed = json::parse(run({"models", detector_, "--json"}).out);
  EXPECT_EQ(listed.at("card").at("detector").at("strides"), json::parse("[8]"));
}

TEST_F(Detectors, SearchEveryNthFrame) {
  const auto video = write_video("a.avi", 6);
  for (const auto* every : {"1", "4"}) {
    const auto result = run({"analyze", "--detector", detector_, "--detect-every", every, video});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out_lines(), SizeIs(6));
  }
  expect_one_error(run({"analyze", "--detect-every", "0", video}), 2, "detect-every");
  expect_one_error(run({"analyze", "--detect-every", "2", "--searches-per-second", "2", video}), 2,
                   "detect-every");
  const auto bench = run({"bench", "--detector", detector_, "--detect-every", "3", "--frames", "4",
                          "--repeat", "1", video});
  EXPECT_EQ(bench.status, 0) << bench.err;
  EXPECT_EQ(json::parse(bench.out).at("detector"), detector_);
}

}  // namespace
}  // namespace mien::test
