#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mien {

/// How a pixel is laid out in memory, 8 bits a channel. The value is the number of channels.
/// Blue comes first, as in OpenCV, so that a cv::Mat can be viewed without copying.
enum class PixelFormat { gray = 1, bgr = 3 };

/// Pixels that somebody else owns, row after row from the top, `stride` bytes from one row to the
/// next. Valid as long as the owner is.
struct ImageView {
  const std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;
  PixelFormat format = PixelFormat::gray;

  const std::uint8_t* row(int y) const { return data + y * stride; }
  int channels() const { return static_cast<int>(format); }
  bool empty() const { return data == nullptr || width <= 0 || height <= 0; }
};

/// Pixels of its own, without padding between rows.
class Image {
 public:
  Image() = default;
  /// All zero. Throws Error when a side is negative.
  Image(int width, int height, PixelFormat format);

  /// Another size, in the memory that is there where it suffices. The pixels' values are then
  /// unspecified. Throws Error when a side is negative.
  void recreate(int width, int height, PixelFormat format);

  int width() const { return width_; }
  int height() const { return height_; }
  PixelFormat format() const { return format_; }
  bool empty() const { return pixels_.empty(); }

  std::span<std::uint8_t> pixels() { return pixels_; }
  std::span<const std::uint8_t> pixels() const { return pixels_; }

  ImageView view() const;

 private:
  int width_ = 0;
  int height_ = 0;
  PixelFormat format_ = PixelFormat::gray;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace mien
