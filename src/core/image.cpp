#include "mien/image.h"

#include "mien/error.h"

namespace mien {

Image::Image(int width, int height, PixelFormat format) { recreate(width, height, format); }

void Image::recreate(int width, int height, PixelFormat format) {
  if (width < 0 || height < 0) {
    throw Error(ErrorCode::internal, "Image: a side is negative");
  }
  pixels_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                 static_cast<std::size_t>(format));
  width_ = width;
  height_ = height;
  format_ = format;
}

ImageView Image::view() const {
  return {pixels_.data(), width_, height_,
          static_cast<std::ptrdiff_t>(width_) * static_cast<int>(format_), format_};
}

}  // namespace mien
