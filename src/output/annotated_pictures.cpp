#include "output/annotated_pictures.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <utility>
#include <vector>

#include "core/atomic_file.h"
#include "mien/annotation.h"
#include "mien/error.h"

namespace mien {
namespace {

constexpr int kJpegQuality = 95;

std::string lower_case_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return extension;
}

std::string annotated_extension(const std::filesystem::path& source) {
  const auto extension = lower_case_extension(source);
  const bool jpeg = extension == ".jpg" || extension == ".jpeg" || extension == ".jpe";
  return jpeg ? ".jpg" : ".png";
}

std::string encode(Image& picture, const std::filesystem::path& path) {
  const cv::Mat view(picture.height(), picture.width(), CV_8UC3, picture.pixels().data());
  std::vector<std::uint8_t> bytes;
  try {
    cv::imencode(path.extension().string(), view, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  } catch (const cv::Exception& error) {
    throw Error(ErrorCode::internal,
                path.string() + ": cannot be encoded (" + error.err + "); scale the picture down");
  }
  return {bytes.begin(), bytes.end()};
}

}  // namespace

AnnotatedPictures::AnnotatedPictures(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw Error(ErrorCode::internal, folder_.string() + ": cannot make the folder: " +
                                         error.message() + "; give another one");
  }
}

std::filesystem::path AnnotatedPictures::write(Image picture, const FrameResult& result) {
  annotate(picture, result);
  auto path = free_name(result.source);
  write_file_atomically(path, encode(picture, path));
  return path;
}

std::filesystem::path AnnotatedPictures::free_name(const std::filesystem::path& source) {
  const std::string stem = source.stem().string() + ".annotated";
  const std::string extension = annotated_extension(source);
  std::string file = stem + extension;
  for (int number = 2; !taken_.insert(file).second; ++number) {
    file = stem + '-' + std::to_string(number) + extension;
  }
  return folder_ / file;
}

}  // namespace mien
