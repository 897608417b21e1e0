#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace mien::test {

using Bytes = std::vector<std::uint8_t>;

/// Removes itself and what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, const Bytes& bytes) const;

 private:
  std::filesystem::path path_;
};

/// 40 x 20 pixels: red, green over blue, white in the quarters top left, top right, bottom left and
/// bottom right.
cv::Mat four_quarters();

/// A file of that kind, as OpenCV writes it.
Bytes encoded(const cv::Mat& picture, const std::string& extension);

/// The same JPEG with an EXIF segment that says the orientation.
Bytes with_orientation(const Bytes& jpeg, int orientation);

/// four_quarters() as a TIFF, PNG or WebP that says the orientation.
Bytes tiff_with_orientation(int orientation);
Bytes png_with_orientation(int orientation);
Bytes webp_with_orientation(int orientation);

/// 16 x 16 pixels of red, written as CMYK with Adobe's marker.
Bytes cmyk_jpeg();

/// The same JPEG with a second header of 1 x 1 pixels before its end.
Bytes with_second_frame(const Bytes& jpeg);

/// The same PNG with its header once more before its end.
Bytes with_second_header(const Bytes& png);

/// A PNG header that claims this size, with nothing behind it.
Bytes png_header(std::uint32_t width, std::uint32_t height);

/// The public-domain portrait, 512 x 512 pixels. Empty when script/setup has not fetched it.
cv::Mat astronaut();

}  // namespace mien::test
