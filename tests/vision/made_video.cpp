#include "made_video.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <opencv2/videoio.hpp>
#include <stdexcept>

namespace mien::test {

cv::Mat numbered_picture(int number, cv::Size size) {
  return {size, CV_8UC3, cv::Scalar::all(5 + 10 * (number % 25))};
}

int number_in(const Image& picture) {
  const cv::Mat view(picture.height(), picture.width(), CV_8UC3,
                     const_cast<std::uint8_t*>(picture.pixels().data()));
  return static_cast<int>(cv::mean(view)[1] / 10);
}

void write_video(const std::filesystem::path& path, int count, double rate, cv::Size size,
                 const std::string& codec) {
  const int letters = cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]);
  cv::VideoWriter writer(path.string(), cv::CAP_FFMPEG, letters, rate, size);
  if (!writer.isOpened()) throw std::runtime_error("cannot write " + path.string());
  for (int i = 0; i < count; ++i) writer.write(numbered_picture(i, size));
}

bool run_ffmpeg(const std::filesystem::path& folder, const std::string& arguments) {
  const std::string command =
      "cd '" + folder.string() + "' && ffmpeg -nostdin -loglevel quiet -y -threads 1 " + arguments;
  return std::system(command.c_str()) == 0;
}

Bytes file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Given take_all(FrameSource& source) {
  Given given;
  Frame frame;
  try {
    while (source.next(frame)) {
      given.numbers.push_back(number_in(frame.picture));
      given.indices.push_back(frame.index);
      given.times.push_back(frame.time);
      given.sizes.emplace_back(frame.picture.width(), frame.picture.height());
    }
  } catch (const Error& error) {
    given.error = error.what();
    if (error.code() != ErrorCode::input) given.error += " (not of the input)";
    if (source.next(frame)) given.error += " (and goes on)";
  }
  return given;
}

Given take_all(const std::string& input, const FrameSourceOptions& options) {
  return take_all(*open_frame_source(input, options));
}

Refusal refusal(const std::string& input, const FrameSourceOptions& options) {
  try {
    open_frame_source(input, options);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::internal, "it was opened"};
}

}  // namespace mien::test
