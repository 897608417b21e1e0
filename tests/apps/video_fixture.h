#pragma once

#include <cmath>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>

#include "mien_fixture.h"

namespace mien::test {

/// Makes videos. They are of 25 frames a second.
class MienOnVideo : public Mien {
 protected:
  static constexpr int kWidth = 96;
  static constexpr int kHeight = 64;

  /// Without faces, of 96 x 64 pixels.
  std::string write_video(const std::string& name, int frames) const {
    cv::VideoWriter writer = open_writer(name, {kWidth, kHeight});
    for (int i = 0; i < frames; ++i) {
      writer.write(cv::Mat(kHeight, kWidth, CV_8UC3, cv::Scalar(10 * i % 256, 128, 128)));
    }
    return path(name);
  }

  /// The portrait's face, which moves; empty without the portrait.
  std::string write_video_of_face(const std::string& name, int frames) const {
    const auto portrait = astronaut();
    if (portrait.empty()) return {};
    const cv::Mat face = portrait(cv::Rect(130, 20, 200, 220));
    cv::VideoWriter writer = open_writer(name, {320, 240});
    for (int i = 0; i < frames; ++i) {
      cv::Mat frame(240, 320, CV_8UC3, cv::Scalar(90, 110, 100));
      face.copyTo(frame(cv::Rect(20 + i, 10, face.cols, face.rows)));
      writer.write(frame);
    }
    return path(name);
  }

  static int count_frames(const std::string& video) {
    cv::VideoCapture reader(video);
    int count = 0;
    for (cv::Mat frame; reader.read(frame);) ++count;
    return count;
  }

 private:
  cv::VideoWriter open_writer(const std::string& name, const cv::Size& size) const {
    return {path(name), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 25, size};
  }
};

}  // namespace mien::test
