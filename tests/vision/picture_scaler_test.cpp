#include "vision/picture_scaler.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mien {
namespace {

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          picture.channels() == 1 ? PixelFormat::gray : PixelFormat::bgr};
}

cv::Mat mat_of(const ImageView& view) {
  return cv::Mat(view.height, view.width, CV_8UC3, const_cast<std::uint8_t*>(view.data),
                 static_cast<std::size_t>(view.stride))
      .clone();
}

double largest_difference(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() ? cv::norm(a, b, cv::NORM_INF) : 256;
}

/// Slow changes of colour, which every way to scale must keep.
cv::Mat waves(int width, int height) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / width;
      const double v = static_cast<double>(y) / height;
      picture.at<cv::Vec3b>(y, x) = cv::Vec3b(cv::saturate_cast<std::uint8_t>(255 * u),
                                              cv::saturate_cast<std::uint8_t>(255 * v),
                                              cv::saturate_cast<std::uint8_t>(127 * (u + v)));
    }
  }
  return picture;
}

TEST(PictureScaler, APictureThatFitsIsNotCopied) {
  PictureScaler scaler;
  const auto picture = waves(64, 32);
  const auto scaled = scaler.scale(view_of(picture), {{0, 0, 64, 32}, 64, 32, 64, 32});
  EXPECT_EQ(scaled.data, picture.data);
  EXPECT_EQ(scaled.stride, 3 * 64);
}

TEST(PictureScaler, RowsWithGapsAreCopied) {
  PictureScaler scaler;
  const auto wide = waves(128, 64);
  const cv::Mat part = wide(cv::Rect(16, 8, 64, 32));
  const auto scaled = scaler.scale(view_of(wide), {{16, 8, 64, 32}, 64, 32, 64, 32});
  EXPECT_NE(scaled.data, part.data);
  EXPECT_EQ(scaled.stride, 3 * 64);
  EXPECT_EQ(largest_difference(mat_of(scaled), part), 0);
}

TEST(PictureScaler, WhatIsLeftIsBlack) {
  PictureScaler scaler;
  scaler.scale(view_of(cv::Mat(96, 96, CV_8UC3, cv::Scalar::all(255))),
               {{0, 0, 96, 96}, 96, 96, 96, 96});
  const cv::Mat white(40, 50, CV_8UC3, cv::Scalar::all(255));
  for (const int side : {64, 96, 32}) {  // the memory is used again
    const int width = std::min(50, side);
    const int height = std::min(40, side);
    const auto scaled =
        mat_of(scaler.scale(view_of(white), {{0, 0, width, height}, width, height, side, side}));
    cv::Mat expected(side, side, CV_8UC3, cv::Scalar::all(0));
    expected(cv::Rect(0, 0, width, height)).setTo(cv::Scalar::all(255));
    EXPECT_EQ(largest_difference(scaled, expected), 0) << side;
  }
}

TEST(PictureScaler, EveryFactorKeepsThePicture) {
  PictureScaler scaler;
  const auto picture = waves(600, 450);
  for (const auto& size : {cv::Size(600, 450),
                           {300, 225},
                           {299, 224},
                           {301, 226},
                           {150, 113},
                           {64, 48},
                           {60, 45},
                           {7, 5},
                           {1, 1},
                           {900, 675},
                           {600, 5},
                           {5, 450}}) {
    const auto scaled = mat_of(scaler.scale(
        view_of(picture), {{0, 0, 600, 450}, size.width, size.height, size.width, size.height}));
    EXPECT_LT(largest_difference(scaled, waves(size.width, size.height)),
              2 + 140.0 / std::min(size.width, size.height))
        << size;
  }
}

/// Fine stripes become gray, whatever the factor is.
TEST(PictureScaler, EveryPixelCounts) {
  PictureScaler scaler;
  cv::Mat stripes(800, 800, CV_8UC3, cv::Scalar::all(0));
  for (int x = 0; x < 800; x += 2) stripes.col(x).setTo(cv::Scalar::all(255));
  for (const int side : {400, 333, 200, 123, 100, 33}) {
    const auto scaled =
        mat_of(scaler.scale(view_of(stripes), {{0, 0, 800, 800}, side, side, side, side}));
    EXPECT_LT(largest_difference(scaled, cv::Mat(side, side, CV_8UC3, cv::Scalar::all(127))), 2)
        << side;
  }
}

TEST(PictureScaler, GrayBecomesThreeEqualChannels) {
  PictureScaler scaler;
  cv::Mat gray;
  cv::cvtColor(waves(100, 80), gray, cv::COLOR_BGR2GRAY);
  for (const int width : {100, 50, 120}) {
    const int height = width * 4 / 5;
    const auto scaled =
        mat_of(scaler.scale(view_of(gray), {{0, 0, 100, 80}, width, height, width, height}));
    cv::Mat expected;
    cv::cvtColor(waves(width, height), expected, cv::COLOR_BGR2GRAY);
    cv::cvtColor(expected, expected, cv::COLOR_GRAY2BGR);
    EXPECT_LT(largest_difference(scaled, expected), 5) << width;
  }
}

}  // namespace
}  // namespace mien
