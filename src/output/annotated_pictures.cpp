#include "output/annotated_pictures.h"

#include <opencv2/imgcodecs.hpp>
#include <utility>
#include <vector>

#include "core/atomic_file.h"
#include "core/file_name.h"
#include "mien/annotation.h"
#include "mien/error.h"

namespace mien {
namespace {

constexpr int kJpegQuality = 95;

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

AnnotatedPictures::AnnotatedPictures(std::filesystem::path folder,
                                     const std::vector<std::filesystem::path>& sources)
    : names_(std::move(folder), sources) {}

std::filesystem::path AnnotatedPictures::write(Image picture, const FrameResult& result) {
  annotate(picture, result);
  const std::filesystem::path source = result.source;
  auto path = names_.next(source.stem().string(), annotated_extension(source));
  write_file_atomically(path, encode(picture, path));
  return path;
}

}  // namespace mien
