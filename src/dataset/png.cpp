#include "dataset/png.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include <png.h>

#include "mien/error.h"

namespace mien {
namespace {

constexpr png_uint_32 kLongestSide = 1'000'000;
constexpr std::uint64_t kMostPixels = 100'000'000;

/// What libpng calls instead of ending the process; its member functions that call libpng hold no
/// object to destroy.
class Decoder {
 public:
  explicit Decoder(std::FILE* file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, keep_message, ignore_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) throw Error(ErrorCode::internal, "libpng: no memory, or another version");
    png_init_io(png_, file);
    png_set_user_limits(png_, kLongestSide, kLongestSide);
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_info(png_, info_);
    return true;
  }

  std::uint64_t width() const { return png_get_image_width(png_, info_); }
  std::uint64_t height() const { return png_get_image_height(png_, info_); }

  bool read_rows(std::uint8_t* first, std::ptrdiff_t stride) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_bgr(png_);
    png_color_16 white{0, 255, 255, 255, 255};
    png_set_background(png_, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    const auto rows = static_cast<std::ptrdiff_t>(height());
    for (int pass = 0; pass < passes; ++pass) {
      for (std::ptrdiff_t y = 0; y < rows; ++y) png_read_row(png_, first + y * stride, nullptr);
    }
    png_read_end(png_, nullptr);
    return true;
  }

  std::string message() const { return message_.data(); }

 private:
  static void keep_message(png_structp png, png_const_charp message) {
    auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
    std::snprintf(decoder->message_.data(), decoder->message_.size(), "%s", message);
    png_longjmp(png, 1);
  }

  static void ignore_warning(png_structp /*png*/, png_const_charp /*message*/) {}

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::array<char, 128> message_{};
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Image read_png(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw Error(ErrorCode::input, path.string() + ": cannot be read; check the path");
  const auto refuse = [&path](const std::string& why) {
    throw Error(ErrorCode::input, path.string() + ": not a PNG that can be read (" + why + ")");
  };
  Decoder decoder(file.get());
  if (!decoder.read_header()) refuse(decoder.message());
  if (decoder.width() * decoder.height() > kMostPixels) refuse("over 100 million pixels");
  Image image(static_cast<int>(decoder.width()), static_cast<int>(decoder.height()),
              PixelFormat::bgr);
  if (!decoder.read_rows(image.pixels().data(), image.view().stride)) refuse(decoder.message());
  return image;
}

}  // namespace mien
