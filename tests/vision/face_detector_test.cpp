#include "mien/face_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien {
namespace {

const std::vector<std::string> kCascades = {"haar", "haar-alt2", "haar-fast"};

/// Where the face is in the portrait, within a few pixels.
constexpr Box kAstronautFace{170, 70, 110, 110};

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          picture.channels() == 1 ? PixelFormat::gray : PixelFormat::bgr};
}

std::vector<DetectedFace> detect(const cv::Mat& picture, const FaceDetectorOptions& options) {
  return make_face_detector(options)->detect(view_of(picture));
}

class EachDetector : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (astronaut_.empty()) {
      GTEST_SKIP() << "SKIPPED: no portrait at MIEN_TEST_ASTRONAUT; run script/setup";
    }
  }
  const cv::Mat& astronaut() const { return astronaut_; }

 private:
  cv::Mat astronaut_ = test::astronaut();
};

TEST_P(EachDetector, IsSurestOfTheFaceOfAPortrait) {
  for (const double scale : {0.4, 1.0, 3.0}) {
    SCOPED_TRACE(scale);
    cv::Mat picture;
    cv::resize(astronaut(), picture, {}, scale, scale, cv::INTER_AREA);
    const auto faces = detect(picture, {.kind = GetParam()});
    ASSERT_FALSE(faces.empty());
    if (GetParam() == FaceDetectorOptions{}.kind) {
      EXPECT_EQ(faces.size(), 1U);
    }
    const auto& box = faces[0].box;
    const Box unscaled{static_cast<int>(box.x / scale), static_cast<int>(box.y / scale),
                       static_cast<int>(box.width / scale), static_cast<int>(box.height / scale)};
    EXPECT_GT(iou(unscaled, kAstronautFace), 0.6);
    EXPECT_GE(faces[0].score, 0.5F);
    EXPECT_LE(faces[0].score, 1.0F);
  }
}

TEST_P(EachDetector, GrayIsAsGoodAsColour) {
  cv::Mat gray;
  cv::cvtColor(astronaut(), gray, cv::COLOR_BGR2GRAY);
  EXPECT_EQ(detect(gray, {.kind = GetParam()}).size(),
            detect(astronaut(), {.kind = GetParam()}).size());
}

TEST_P(EachDetector, MinFaceAndMinScoreLeaveFacesOut) {
  EXPECT_EQ(detect(astronaut(), {.kind = GetParam(), .min_face = 60}).size(), 1U);
  EXPECT_TRUE(detect(astronaut(), {.kind = GetParam(), .min_face = 250}).empty());
  EXPECT_TRUE(detect(astronaut(), {.kind = GetParam(), .min_score = 1.0}).empty());
}

TEST_P(EachDetector, BoxesLieWithinThePictureAndDoNotOverlap) {
  cv::Mat small;
  cv::resize(astronaut(), small, {}, 0.5, 0.5, cv::INTER_AREA);
  cv::Mat tiled;
  cv::repeat(small, 2, 2, tiled);
  const auto faces = detect(tiled, {.kind = GetParam()});
  ASSERT_GE(faces.size(), 4U);
  const Box all{0, 0, tiled.cols, tiled.rows};
  for (const auto& face : faces) {
    EXPECT_EQ(intersection(face.box, all), face.box);
    for (const auto& other : faces) {
      if (&other != &face) {
        EXPECT_LT(iou(face.box, other.box), 0.3);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Haar, EachDetector, testing::ValuesIn(kCascades), [](const auto& info) {
  auto name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(FaceDetector, SaysHowItsBoxesLieToFer2013sFraming) {
  for (const auto* kind : {"haar", "haar-alt2", "haar-fast"}) {
    EXPECT_EQ(make_face_detector({.kind = kind})->framing(),
              (FaceFraming{.margin = 1.05, .shift_down = 0.05}));
  }
}

TEST(FaceDetector, FindsNothingInNothing) {
  for (const auto& kind : kCascades) {
    EXPECT_TRUE(detect(cv::Mat(200, 300, CV_8UC3, cv::Scalar(90, 90, 90)), {.kind = kind}).empty());
    EXPECT_TRUE(detect(cv::Mat(1, 3000, CV_8UC3, cv::Scalar(90, 90, 90)), {.kind = kind}).empty());
    EXPECT_TRUE(detect(cv::Mat(90, 90, CV_8UC3), {.kind = kind, .min_face = 100000}).empty());
    EXPECT_TRUE(detect(cv::Mat(1, 1, CV_8UC3, cv::Scalar(90, 90, 90)), {.kind = kind}).empty());
  }
}

TEST(FaceDetector, AScoreIsADetectorsOwnUnlessGiven) {
  const auto own = make_face_detector({.kind = "haar"});
  EXPECT_EQ(own->default_min_score(), 0.5);
  EXPECT_EQ(own->min_score(), 0.5);
  const auto given = make_face_detector({.kind = "haar", .min_score = 0.125});
  EXPECT_EQ(given->default_min_score(), 0.5);
  EXPECT_EQ(given->min_score(), 0.125);
}

std::string failure(const FaceDetectorOptions& options, ErrorCode code) {
  try {
    make_face_detector(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(FaceDetector, WrongOptionsAreErrors) {
  constexpr auto kUsage = ErrorCode::usage;
  const auto unknown = failure({.kind = "eyes"}, kUsage);
  for (const auto& kind : face_detectors()) EXPECT_THAT(unknown, testing::HasSubstr(kind));
  EXPECT_THAT(face_detectors(),
              testing::UnorderedElementsAre("mien", "haar", "haar-alt2", "haar-fast", "yunet:FILE",
                                            "FILE.onnx"));
  EXPECT_THAT(failure({.kind = "haar", .min_face = 15}, kUsage), testing::HasSubstr("give 16"));
  EXPECT_THAT(failure({.kind = "mien", .min_face = 11}, kUsage), testing::HasSubstr("give 12"));
  EXPECT_THAT(failure({.kind = "yunet:x", .min_face = 11}, kUsage), testing::HasSubstr("give 12"));
  EXPECT_THAT(failure({.kind = "x.onnx", .min_face = 11}, kUsage), testing::HasSubstr("give 12"));
  EXPECT_THAT(failure({.min_face = -1}, kUsage), testing::HasSubstr("-1"));
  for (const double score : {-0.5, 1.5, std::nan("")}) {
    EXPECT_THAT(failure({.min_score = score}, kUsage), testing::HasSubstr("give 0 to 1"));
  }
  EXPECT_THAT(failure({.threads = -1}, kUsage), testing::HasSubstr("threads"));
}

TEST(FaceDetector, AModelThatIsNotThereIsAnError) {
  constexpr auto kModel = ErrorCode::model;
  EXPECT_THAT(failure({.kind = "none.onnx"}, kModel), testing::HasSubstr("no such model file"));
  EXPECT_THAT(failure({.kind = "yunet:none.onnx"}, kModel), testing::HasSubstr("none.onnx"));
  EXPECT_THAT(failure({.kind = "yunet:"}, ErrorCode::usage), testing::HasSubstr("give yunet:FILE"));
}

}  // namespace
}  // namespace mien
