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

/// File systems take names of 255 bytes; this leaves room for what is appended, and ends at the end
/// of a UTF-8 character.
std::string shortened(std::string stem) {
  constexpr std::size_t kLongest = 200;
  if (stem.size() <= kLongest) return stem;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) --end;
  stem.resize(end);
  return stem;
}

}  // namespace

AnnotatedPictures::AnnotatedPictures(std::filesystem::path folder,
                                     const std::vector<std::filesystem::path>& sources)
    : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw Error(ErrorCode::internal, folder_.string() + ": cannot make the folder: " +
                                         error.message() + "; give another one");
  }
  for (const auto& source : sources) {
    const auto beside = source.has_parent_path() ? source.parent_path() : ".";
    if (std::filesystem::equivalent(beside, folder_, error)) {
      taken_.insert(source.filename().string());
    }
  }
}

std::filesystem::path AnnotatedPictures::write(Image picture, const FrameResult& result) {
  annotate(picture, result);
  auto path = free_name(result.source);
  write_file_atomically(path, encode(picture, path));
  return path;
}

std::filesystem::path AnnotatedPictures::free_name(const std::filesystem::path& source) {
  const std::string stem = shortened(source.stem().string()) + ".annotated";
  const std::string extension = annotated_extension(source);
  std::string file = stem + extension;
  for (int number = 2; !taken_.insert(file).second; ++number) {
    file = stem;
    file += '-' + std::to_string(number);
    file += extension;
  }
  return folder_ / file;
}

}  // namespace mien
