#pragma once

#include <filesystem>
#include <functional>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mien/error.h"
#include "mien/frame_source.h"
#include "test_pictures.h"

namespace mien::test {

/// A picture all of one gray, from which a number of 0 to 24 can be read again after coding.
cv::Mat numbered_picture(int number, cv::Size size = {64, 48});
int number_in(const Image& picture);

/// A video of `count` numbered pictures. `codec` is one of OpenCV's four letters.
void write_video(const std::filesystem::path& path, int count, double rate = 10,
                 cv::Size size = {64, 48}, const std::string& codec = "mp4v");

/// Runs the program ffmpeg in the folder; false when there is none or it fails.
bool run_ffmpeg(const std::filesystem::path& folder, const std::string& arguments);

Bytes file_bytes(const std::filesystem::path& path);

/// All that a source gives, and how it ended.
struct Given {
  std::vector<int> numbers;
  std::vector<long long> indices;
  std::vector<double> times;
  std::vector<cv::Size> sizes;
  std::string error;  ///< empty when it ended well
};
Given take_all(FrameSource& source);
Given take_all(const std::string& input, const FrameSourceOptions& options = {});

/// The words of the Error that opening throws, and its code.
struct Refusal {
  ErrorCode code = ErrorCode::internal;
  std::string words;
};
Refusal refusal(const std::string& input, const FrameSourceOptions& options = {});

}  // namespace mien::test
