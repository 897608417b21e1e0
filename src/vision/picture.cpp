#include "mien/picture.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <system_error>

#include "core/file_name.h"
#include "mien/error.h"
#include "vision/byte_reader.h"
#include "vision/picture_header.h"

namespace mien {
namespace {

constexpr std::array<std::string_view, 8> kExtensions = {".jpg",  ".jpeg", ".jpe",  ".png",
                                                         ".webp", ".tif",  ".tiff", ".bmp"};

/// What OpenCV's decoders can be given.
constexpr std::uintmax_t kMostBytes = std::numeric_limits<int>::max();

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::input, path.string() + ": " + what);
}

[[noreturn]] void fail_too_large(const std::filesystem::path& path, std::uintmax_t limit) {
  fail(path, "larger than the limit of " + std::to_string(limit >> 20U) + " MiB; scale it down");
}

/// The whole file. Its size is not asked for beforehand: a pipe has none.
std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, std::uintmax_t limit) {
  std::error_code ignored;  // what cannot be looked at cannot be opened either
  if (std::filesystem::is_directory(path, ignored))
    fail(path, "a folder, not a picture; give a file in it");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    fail(path, "cannot open: " + std::generic_category().message(errno) + "; check the path");
  std::vector<std::uint8_t> bytes;
  std::array<char, 1 << 16> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    bytes.insert(bytes.end(), block.begin(), block.begin() + file.gcount());
    if (bytes.size() > limit) fail_too_large(path, limit);
  }
  if (file.bad()) fail(path, "reading broke off; check the disk");
  return bytes;
}

void check_size(const PictureHeader& header, const PictureLimits& limits) {
  if (header.width > limits.pixels / header.height) {
    throw BadPicture(std::to_string(header.width) + " x " + std::to_string(header.height) +
                         " pixels are over the limit of " +
                         std::to_string(limits.pixels / 1'000'000) + " megapixels",
                     "scale the picture down");
  }
}

/// OpenCV's decoders, asked to leave the orientation to us: some formats' would, some would not.
cv::Mat decode(std::span<const std::uint8_t> bytes, const PictureHeader& header) {
  const int flags = header.transparent ? static_cast<int>(cv::IMREAD_UNCHANGED)
                                       : cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
  cv::Mat picture;
  try {
    picture = cv::imdecode(cv::_InputArray(bytes.data(), static_cast<int>(bytes.size())), flags);
  } catch (const cv::Exception&) {  // an empty picture says as much
  }
  if (picture.empty()) {
    throw BadPicture("the file is damaged or of a rare kind", "save it again as PNG or JPEG");
  }
  const bool same = picture.cols == header.width && picture.rows == header.height;
  const bool turned = picture.cols == header.height && picture.rows == header.width;
  if (!same && !turned) {  // the limits were checked against the header
    throw BadPicture("the file is damaged", "get it again from where it came");
  }
  if (picture.depth() != CV_8U && picture.depth() != CV_16U) {
    throw BadPicture("its pixels are neither 8 nor 16 bits", "save it again as PNG or JPEG");
  }
  return picture;
}

/// 8-bit BGR of 8-bit or 16-bit gray, BGR or BGRA; what is transparent lies over white.
cv::Mat over_white(const cv::Mat& picture) {
  cv::Mat bytes;
  picture.convertTo(bytes, CV_8U, picture.depth() == CV_16U ? 1.0 / 257 : 1.0);
  cv::Mat result(bytes.size(), CV_8UC3);
  const int channels = bytes.channels();
  for (int y = 0; y < bytes.rows; ++y) {
    const auto* from = bytes.ptr<std::uint8_t>(y);
    auto* to = result.ptr<std::uint8_t>(y);
    for (int x = 0; x < bytes.cols; ++x, from += channels, to += 3) {
      const int alpha = channels == 4 ? from[3] : 255;
      for (int c = 0; c < 3; ++c) {
        const int value = from[channels == 1 ? 0 : c];
        to[c] = static_cast<std::uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
  return result;
}

/// Turns the picture upright: orientations are those of EXIF 2.3, tag 274.
cv::Mat upright(const cv::Mat& picture, int orientation) {
  constexpr int kMirror = 1;
  constexpr int kFlip = 0;
  cv::Mat result = picture;
  if (orientation >= 5) cv::transpose(picture, result);
  cv::Mat turned = result;
  if (orientation == 2 || orientation == 6) cv::flip(result, turned, kMirror);
  if (orientation == 4 || orientation == 8) cv::flip(result, turned, kFlip);
  if (orientation == 3 || orientation == 7) cv::flip(result, turned, -1);
  return turned;
}

Image to_image(const cv::Mat& picture) {
  Image image(picture.cols, picture.rows, PixelFormat::bgr);
  cv::Mat target(picture.size(), CV_8UC3, image.pixels().data());
  picture.copyTo(target);
  return image;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the number that `text` begins with, without its leading zeros.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), digit);
  auto number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

/// Runs of digits compare as numbers.
bool natural_less(const std::string& left, const std::string& right) {
  std::string_view a = left;
  std::string_view b = right;
  while (!a.empty() && !b.empty()) {
    if (digit(a.front()) && digit(b.front())) {
      const auto x = take_digits(a);
      const auto y = take_digits(b);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.empty() == b.empty() ? left < right : a.empty();
}

}  // namespace

Image read_picture(const std::filesystem::path& path, const PictureLimits& limits) {
  return decode_picture(read_bytes(path, limits.bytes), path.string(), limits);
}

Image decode_picture(std::span<const std::uint8_t> bytes, const std::string& name,
                     const PictureLimits& limits) {
  if (bytes.size() > std::min<std::uintmax_t>(limits.bytes, kMostBytes)) {
    fail_too_large(name, limits.bytes);
  }
  try {
    const auto header = read_picture_header(bytes);
    check_size(header, limits);
    const bool png = header.kind == PictureKind::png;
    const auto essential = png ? essential_png(bytes) : std::vector<std::uint8_t>();
    auto picture = decode(png ? essential : bytes, header);
    if (header.transparent) picture = over_white(picture);
    return to_image(upright(picture, header.orientation));
  } catch (const BadPicture& reason) {
    fail(name, reason.what());
  } catch (const cv::Exception& error) {
    fail(name, "cannot be decoded (" + error.err + "); save it again as PNG or JPEG");
  }
}

bool has_picture_name(const std::filesystem::path& path) {
  const auto extension = lower_case_extension(path);
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::vector<std::filesystem::path> list_pictures(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> pictures;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto& path = entry->path();
    std::error_code broken;  // a link to nothing is listed, and said when it is read
    const bool readable = entry->is_regular_file(broken) || broken;
    if (!path.filename().string().starts_with('.') && has_picture_name(path) && readable) {
      pictures.push_back(path);
    }
  }
  if (error) fail(folder, "cannot read the folder: " + error.message() + "; check the path");
  if (pictures.empty()) {
    fail(folder, "no picture in this folder; put PNG, JPEG, WebP, TIFF or BMP files into it");
  }
  std::sort(pictures.begin(), pictures.end(), [](const auto& a, const auto& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return pictures;
}

}  // namespace mien
