// OpenCV's FaceDetectorYN, with a model of YuNet's form that takes bright squares for faces.
#include "vision/yunet_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "mien/error.h"
#include "test_models.h"
#include "test_pictures.h"

namespace mien {
namespace {

using test::OnnxBuilder;
using testing::HasSubstr;
using testing::SizeIs;

/// YuNet's anchors: their strides, and how many a cell has.
constexpr std::array<std::pair<int, int>, 4> kAnchors = {{{8, 3}, {16, 2}, {32, 2}, {64, 3}}};

/// What one output of YuNet says of each anchor.
struct Output {
  std::string name;
  int values;
  float per_brightness;  ///< of the last value
  float bias;            ///< of the last value
};

std::string integers(OnnxBuilder& model, const std::vector<std::int64_t>& values) {
  const auto name = model.weights({static_cast<std::int64_t>(values.size())}, {});
  auto& weights = *model.model().mutable_graph()->mutable_initializer();
  auto& tensor = *weights.Mutable(weights.size() - 1);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const auto value : values) tensor.add_int64_data(value);
  return name;
}

void add_output(OnnxBuilder& model, const std::string& input, const Output& output, int most_rows) {
  std::vector<std::string> parts;
  for (const auto& [stride, anchors] : kAnchors) {
    const int planes = anchors * output.values;
    const auto kernel = static_cast<std::size_t>(3 * stride * stride);
    std::vector<float> weights(static_cast<std::size_t>(planes) * kernel);
    std::vector<float> bias(static_cast<std::size_t>(planes));
    for (int last = output.values - 1; last < planes; last += output.values) {
      std::fill_n(weights.begin() + last * static_cast<std::ptrdiff_t>(kernel), kernel,
                  output.per_brightness / static_cast<float>(kernel));
      bias[static_cast<std::size_t>(last)] = output.bias;
    }
    const auto grid =
        model.node("Conv", {input, model.weights({planes, 3, stride, stride}, weights),
                            model.weights({planes}, bias)});
    model.ints("kernel_shape", {stride, stride});
    model.ints("strides", {stride, stride});
    const auto rows = model.node("Transpose", {grid});
    model.ints("perm", {0, 2, 3, 1});
    parts.push_back(model.node("Reshape", {rows, integers(model, {-1, output.values})}));
  }
  const auto all = model.node("Concat", parts);
  model.number("axis", 0);
  model.node("Slice",
             {all, integers(model, {0}), integers(model, {most_rows}), integers(model, {0})});
  auto& nodes = *model.model().mutable_graph()->mutable_node();
  nodes.Mutable(nodes.size() - 1)->set_output(0, output.name);
  model.open_output(output.name, 2);
}

OnnxBuilder made_yunet(int values_of_a_box = 14, int most_rows = 1'000'000) {
  OnnxBuilder model;
  const auto input = model.input(3, 0, 0);
  add_output(model, input, {"loc", values_of_a_box, 0, 0}, most_rows);
  add_output(model, input, {"conf", 2, 1.0F / 255, 0}, most_rows);
  add_output(model, input, {"iou", 1, 0, 1}, most_rows);
  return model;
}

class Yunet : public testing::Test {
 protected:
  std::string write(const std::string& bytes) const {
    return folder_.write("yunet.onnx", test::Bytes(bytes.begin(), bytes.end())).string();
  }
  std::string failure(const std::string& bytes) const {
    try {
      make_face_detector({.kind = "yunet:" + write(bytes)});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model) << error.what();
      return error.what();
    }
    return "no error";
  }

 private:
  test::TemporaryFolder folder_;
};

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          PixelFormat::bgr};
}

TEST_F(Yunet, FindsFacesInPixelsOfThePicture) {
  const auto made = make_face_detector({.kind = "yunet:" + write(made_yunet().bytes())});
  for (const int scale : {1, 2}) {
    cv::Mat picture(480 * scale, 640 * scale, CV_8UC3, cv::Scalar::all(0));
    const cv::Rect cell(320 * scale, 160 * scale, 32 * scale, 32 * scale);
    picture(cell).setTo(cv::Scalar::all(255));
    const auto faces = made->detect(view_of(picture));
    ASSERT_FALSE(faces.empty());
    // All its anchors are as sure; each lies about a cell within the square.
    for (const auto& face : faces) {
      EXPECT_NEAR(face.score, 1, 1e-3);
      const cv::Point centre(face.box.x + face.box.width / 2, face.box.y + face.box.height / 2);
      EXPECT_TRUE(cell.contains(centre)) << face.box.x << ' ' << face.box.y;
      ASSERT_TRUE(face.landmarks);
      EXPECT_NEAR((*face.landmarks)[2].x, centre.x, scale);
    }
  }
}

TEST_F(Yunet, TheScoreIsAnOption) {
  cv::Mat picture(96, 96, CV_8UC3, cv::Scalar::all(0));
  picture(cv::Rect(32, 32, 32, 32)).setTo(cv::Scalar::all(127));  // a score of 0.7
  const auto kind = "yunet:" + write(made_yunet().bytes());
  EXPECT_TRUE(make_face_detector({.kind = kind})->detect(view_of(picture)).empty());
  const auto lower = make_face_detector({.kind = kind, .min_score = 0.6});
  EXPECT_FALSE(lower->detect(view_of(picture)).empty());
  EXPECT_EQ(lower->default_min_score(), 0.9);
}

TEST_F(Yunet, AnyPictureIsTaken) {
  const auto made = make_face_detector({.kind = "yunet:" + write(made_yunet().bytes())});
  for (const auto& size : {cv::Size(1, 1), {3, 20'000}, {33, 65}, {1000, 700}, {33, 65}}) {
    const cv::Mat picture(size, CV_8UC3, cv::Scalar::all(0));
    EXPECT_TRUE(made->detect(view_of(picture)).empty());
    EXPECT_TRUE(made->detect_near(view_of(picture), {0, 0, 20, 20}).empty());
  }
}

TEST_F(Yunet, LargePicturesAreTakenInParts) {
  const auto made =
      make_face_detector({.kind = "yunet:" + write(made_yunet().bytes()), .min_face = 16});
  cv::Mat picture(1300, 1500, CV_8UC3, cv::Scalar::all(0));
  picture(cv::Rect(1344, 1152, 32, 32)).setTo(cv::Scalar::all(255));
  EXPECT_FALSE(made->detect(view_of(picture)).empty());
}

/// OpenCV would find nothing with it, or anything.
TEST_F(Yunet, WeightsThatAreNoNumbersAreRefused) {
  for (const float value : {std::nanf(""), INFINITY}) {
    auto model = made_yunet();
    auto& weights = *model.model().mutable_graph()->mutable_initializer();
    const auto floats = std::find_if(weights.begin(), weights.end(), [](const auto& tensor) {
      return tensor.data_type() == onnx::TensorProto::FLOAT;
    });
    ASSERT_NE(floats, weights.end());
    floats->set_float_data(0, value);
    EXPECT_THAT(failure(model.bytes()), HasSubstr("no finite number"));
  }
}

TEST_F(Yunet, AnotherModelIsRefused) {
  EXPECT_THAT(failure("text"), HasSubstr("not an ONNX model"));
  EXPECT_THAT(failure(test::linear_model(16).bytes()), HasSubstr("not a YuNet"));
  EXPECT_THAT(failure(with_card(test::bright_square_model({8}), test::detector_card({8}))),
              HasSubstr("not a YuNet"));
  const auto whole = made_yunet().bytes();
  EXPECT_THAT(failure(whole.substr(0, whole.size() / 2)), HasSubstr("not an ONNX model"));
}

/// OpenCV would read beyond them.
TEST_F(Yunet, OutputsThatAreTooShortAreRefused) {
  EXPECT_THAT(failure(made_yunet(4).bytes()), HasSubstr("'loc' is of another size"));
}

TEST_F(Yunet, OutputsThatDoNotGrowWithThePictureAreRefused) {
  const auto made = make_face_detector({.kind = "yunet:" + write(made_yunet(14, 351).bytes())});
  const cv::Mat picture(480, 640, CV_8UC3, cv::Scalar::all(0));
  try {
    made->detect(view_of(picture));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    EXPECT_THAT(error.what(), HasSubstr("of another size"));
  }
}

}  // namespace
}  // namespace mien
