// A detector made from a model file, from a picture to faces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/core.hpp>

#include "mien/error.h"
#include "mien/face_detector.h"
#include "test_models.h"
#include "test_pictures.h"

namespace mien {
namespace {

using test::bright_square_model;
using test::detector_card;
using testing::IsEmpty;
using testing::SizeIs;

class NetworkDetector : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) const {
    return folder_.write(name, test::Bytes(bytes.begin(), bytes.end())).string();
  }
  std::string write_model(const std::vector<int>& strides, float size = 8) const {
    return write("squares.onnx",
                 with_card(bright_square_model(strides, size), detector_card(strides)));
  }
  std::unique_ptr<FaceDetector> detector(const std::vector<int>& strides, float size = 8) const {
    return make_face_detector({.kind = write_model(strides, size)});
  }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          picture.channels() == 1 ? PixelFormat::gray : PixelFormat::bgr};
}

cv::Mat with_square(int width, int height, const cv::Rect& square, int type = CV_8UC3) {
  cv::Mat picture(height, width, type, cv::Scalar::all(0));
  picture(square).setTo(cv::Scalar::all(255));
  return picture;
}

// The first of four equally sure cells is the face: its centre is a quarter of the square from its
// corner.

TEST_F(NetworkDetector, FindsAFaceWithItsLandmarks) {
  const auto faces = detector({8})->detect(view_of(with_square(640, 480, {320, 240, 16, 16})));
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_EQ(faces[0].box, (Box{292, 212, 64, 64}));
  EXPECT_GT(faces[0].score, 0.9F);
  ASSERT_TRUE(faces[0].landmarks);
  EXPECT_NEAR((*faces[0].landmarks)[0].x, 322, 0.1);
  EXPECT_NEAR((*faces[0].landmarks)[1].x, 326, 0.1);
  EXPECT_NEAR((*faces[0].landmarks)[2].y, 246, 0.1);
}

TEST_F(NetworkDetector, ScalesLargePictures) {
  for (const int type : {CV_8UC3, CV_8U}) {
    const auto faces =
        detector({8})->detect(view_of(with_square(1280, 720, {640, 320, 32, 32}, type)));
    ASSERT_THAT(faces, SizeIs(1));
    EXPECT_EQ(faces[0].box, (Box{584, 264, 128, 128}));
  }
}

TEST_F(NetworkDetector, FindsEachFaceOfACrowd) {
  cv::Mat picture(1280, 1280, CV_8UC3, cv::Scalar::all(0));
  for (int y = 24; y < 1280; y += 64) {
    for (int x = 24; x < 1280; x += 64) picture(cv::Rect(x, y, 16, 16)).setTo(cv::Scalar::all(255));
  }
  const auto made = make_face_detector({.kind = write_model({8}, 6), .min_face = 16});
  EXPECT_THAT(made->detect(view_of(picture)), SizeIs(400));
}

TEST_F(NetworkDetector, FindsAFaceNearWhereItIsExpected) {
  // A face of 128 pixels becomes one of 43 in an input of 96.
  const Box expected{256, 176, 128, 128};
  const auto faces =
      detector({8}, 6)->detect_near(view_of(with_square(640, 480, {296, 216, 48, 48})), expected);
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_GT(iou(faces[0].box, expected), 0.6);
}

TEST_F(NetworkDetector, FindsFacesInAPart) {
  const auto picture = with_square(640, 480, {320, 240, 16, 16});
  const auto made = detector({8});
  // The part begins where a cell does, so that cells lie as in the whole.
  const auto faces = made->detect_in(view_of(picture), {256, 176, 128, 128}, 0);
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_EQ(faces[0].box, (Box{292, 212, 64, 64}));
  EXPECT_THAT(made->detect_in(view_of(picture), {0, 0, 128, 128}, 0), IsEmpty());
}

TEST_F(NetworkDetector, TakesThresholdAndFramingFromTheCard) {
  auto card = detector_card({8});
  card.detector.min_score = 0.875;
  const auto made =
      make_face_detector({.kind = write("a.onnx", with_card(bright_square_model({8}), card))});
  EXPECT_EQ(made->min_score(), 0.875);
  EXPECT_EQ(made->default_min_score(), 0.875);
  EXPECT_EQ(made->framing(), card.detector.framing);
  auto picture = with_square(96, 96, {32, 32, 16, 16});
  EXPECT_THAT(made->detect(view_of(picture)), SizeIs(1));
  picture *= 208.0 / 255;  // a score of 0.7 of each cell, and of 0.7 of all four
  EXPECT_THAT(made->detect(view_of(picture)), IsEmpty());
  const auto lower = make_face_detector({.kind = (folder() / "a.onnx").string(), .min_score = 0.5});
  EXPECT_THAT(lower->detect(view_of(picture)), SizeIs(1));
}

TEST_F(NetworkDetector, AnyPictureIsTaken) {
  const auto made = detector({8, 16, 32});
  for (const auto& size : {cv::Size(1, 1), {3, 20'000}, {20'000, 3}, {31, 33}, {641, 479}}) {
    for (const int level : {0, 255}) {
      const cv::Mat picture(size, CV_8UC3, cv::Scalar::all(level));
      const auto faces = made->detect(view_of(picture));
      EXPECT_LE(faces.size(), 1000U);
      for (const auto& face : faces) {
        EXPECT_EQ(intersection(face.box, {0, 0, size.width, size.height}), face.box);
      }
      made->detect_near(view_of(picture), {0, 0, 20, 20});
      made->detect_in(view_of(picture), {0, 0, 20, 20}, 0);
    }
  }
}

TEST_F(NetworkDetector, OfMienIsFoundAsOtherModelsAre) {
  write("mien-detector.onnx", with_card(bright_square_model({8}), detector_card({8})));
  ::setenv("MIEN_MODELS", folder().c_str(), 1);
  const auto made = make_face_detector({.kind = "mien"});
  ::unsetenv("MIEN_MODELS");
  EXPECT_THAT(made->detect(view_of(with_square(96, 96, {32, 32, 16, 16}))), SizeIs(1));
}

TEST_F(NetworkDetector, AModelForExpressionsIsRefused) {
  const auto path = write("e.onnx", with_card(test::linear_model(16), test::expression_card(16)));
  try {
    make_face_detector({.kind = path});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), testing::HasSubstr("finds no faces"));
  }
}

}  // namespace
}  // namespace mien
