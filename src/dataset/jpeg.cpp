#include "dataset/jpeg.h"

#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "mien/error.h"

#ifndef JCS_EXTENSIONS
#error "Mien needs libjpeg-turbo, which reads and writes pixels that begin with blue"
#endif

namespace mien {
namespace {

constexpr std::uintmax_t kMostBytes = 256ULL << 20;
constexpr long long kMostPixels = 100'000'000;
// A progressive file may repeat scans that change nothing; libjpeg-turbo's authors advise a limit.
constexpr int kMostScans = 500;

/// What libjpeg calls instead of ending the process: an error jumps back to the member function of
/// Decoder or Encoder that called libjpeg, which holds no object to destroy in between.
struct Failure {
  jpeg_error_mgr manager{};  // first, so that a pointer to it is one to all
  std::jmp_buf back{};
  std::array<char, JMSG_LENGTH_MAX> message{};
};

void jump_back(j_common_ptr codec) {
  auto* failure = reinterpret_cast<Failure*>(codec->err);
  codec->err->format_message(codec, failure->message.data());
  std::longjmp(failure->back, 1);
}

void ignore_warning(j_common_ptr /*codec*/, int /*level*/) {}

void limit_scans(j_common_ptr codec) {
  if (!codec->is_decompressor) return;
  if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= kMostScans) return;
  auto* failure = reinterpret_cast<Failure*>(codec->err);
  std::snprintf(failure->message.data(), failure->message.size(), "more than %d scans", kMostScans);
  std::longjmp(failure->back, 1);
}

jpeg_error_mgr* install(Failure& failure) {
  jpeg_std_error(&failure.manager);
  failure.manager.error_exit = jump_back;
  failure.manager.emit_message = ignore_warning;
  return &failure.manager;
}

class Decoder {
 public:
  Decoder() { codec_.err = install(failure_); }
  ~Decoder() { jpeg_destroy_decompress(&codec_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// The bytes must outlive the decoder. False when libjpeg cannot read the header.
  bool read_header(std::span<const std::uint8_t> bytes) {
    if (setjmp(failure_.back) != 0) return false;
    jpeg_create_decompress(&codec_);
    progress_.progress_monitor = limit_scans;
    codec_.progress = &progress_;
    jpeg_mem_src(&codec_, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&codec_, TRUE);
    return true;
  }

  long long width() const { return codec_.image_width; }
  long long height() const { return codec_.image_height; }
  bool is_gray() const { return codec_.jpeg_color_space == JCS_GRAYSCALE; }
  bool is_cmyk() const {
    return codec_.jpeg_color_space == JCS_CMYK || codec_.jpeg_color_space == JCS_YCCK;
  }
  bool is_inverted() const { return codec_.saw_Adobe_marker != FALSE; }

  /// The rows as blue, green and red, or one of the others.
  bool read_rows(J_COLOR_SPACE colours, std::uint8_t* row, std::ptrdiff_t stride) {
    if (setjmp(failure_.back) != 0) return false;
    codec_.out_color_space = colours;
    jpeg_start_decompress(&codec_);
    while (codec_.output_scanline < codec_.output_height) {
      std::uint8_t* next = row + stride * static_cast<std::ptrdiff_t>(codec_.output_scanline);
      jpeg_read_scanlines(&codec_, &next, 1);
    }
    return true;
  }

  std::string message() const { return failure_.message.data(); }

 private:
  Failure failure_;
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct codec_{};
};

class Encoder {
 public:
  Encoder() { codec_.err = install(failure_); }
  ~Encoder() {
    jpeg_destroy_compress(&codec_);
    std::free(bytes_);  // NOLINT: libjpeg's malloc
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  bool write(const ImageView& picture, int quality) {
    if (setjmp(failure_.back) != 0) return false;
    jpeg_create_compress(&codec_);
    jpeg_mem_dest(&codec_, &bytes_, &size_);
    codec_.image_width = static_cast<JDIMENSION>(picture.width);
    codec_.image_height = static_cast<JDIMENSION>(picture.height);
    codec_.input_components = picture.channels();
    codec_.in_color_space = picture.format == PixelFormat::gray ? JCS_GRAYSCALE : JCS_EXT_BGR;
    jpeg_set_defaults(&codec_);
    jpeg_set_quality(&codec_, quality, TRUE);
    jpeg_start_compress(&codec_, TRUE);
    while (codec_.next_scanline < codec_.image_height) {
      // libjpeg only reads what its old interface does not call const.
      auto* row = const_cast<std::uint8_t*>(picture.row(static_cast<int>(codec_.next_scanline)));
      jpeg_write_scanlines(&codec_, &row, 1);
    }
    jpeg_finish_compress(&codec_);
    return true;
  }

  std::span<const std::uint8_t> bytes() const { return {bytes_, size_}; }
  std::string message() const { return failure_.message.data(); }

 private:
  Failure failure_;
  jpeg_compress_struct codec_{};
  unsigned char* bytes_ = nullptr;
  unsigned long size_ = 0;
};

/// One row of cyan, magenta, yellow and black as blue, green and red. Adobe's programs, which write
/// most such files, store how much ink is not there.
void to_bgr(std::span<const std::uint8_t> cmyk, bool inverted, std::uint8_t* bgr) {
  const auto light = [inverted](std::uint8_t ink) { return inverted ? ink : 255 - ink; };
  for (std::size_t at = 0; at < cmyk.size(); at += 4, bgr += 3) {
    const int black = light(cmyk[at + 3]);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      bgr[channel] = static_cast<std::uint8_t>((light(cmyk[at + 2 - channel]) * black + 127) / 255);
    }
  }
}

/// Throws Error (input), which begins with `where`.
Image decode(std::span<const std::uint8_t> bytes, PixelFormat format, const std::string& where) {
  Decoder decoder;
  const auto refuse = [&where](const std::string& why) {
    throw Error(ErrorCode::input, where + ": not a JPEG that can be read (" + why + ")");
  };
  if (!decoder.read_header(bytes)) refuse(decoder.message());
  if (decoder.width() * decoder.height() > kMostPixels) refuse("over 100 million pixels");
  const auto width = static_cast<int>(decoder.width());
  const auto height = static_cast<int>(decoder.height());
  Image image(width, height, format);
  if (!decoder.is_cmyk()) {
    const auto colours = format == PixelFormat::gray ? JCS_GRAYSCALE : JCS_EXT_BGR;
    if (!decoder.read_rows(colours, image.pixels().data(), image.view().stride)) {
      refuse(decoder.message());
    }
    return image;
  }
  const std::size_t row = static_cast<std::size_t>(width) * 4;
  std::vector<std::uint8_t> cmyk(row * static_cast<std::size_t>(height));
  if (!decoder.read_rows(JCS_CMYK, cmyk.data(), static_cast<std::ptrdiff_t>(row))) {
    refuse(decoder.message());
  }
  to_bgr(cmyk, decoder.is_inverted(), image.pixels().data());
  return image;
}

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read; check the path");
  }
  if (size == 0 || size > kMostBytes) {
    throw Error(ErrorCode::input,
                path.string() + ": empty, or larger than 256 MiB; give a JPEG file");
  }
  std::vector<std::uint8_t> bytes(size);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

Image read_jpeg(const std::filesystem::path& path) {
  return decode(read_file(path), PixelFormat::bgr, path.string());
}

Image through_jpeg(const ImageView& picture, int quality) {
  if (picture.empty() || quality < 1 || quality > 100) {
    throw Error(ErrorCode::internal, "through_jpeg: no pixels, or a quality outside of 1..100");
  }
  Encoder encoder;
  if (!encoder.write(picture, quality)) {
    throw Error(ErrorCode::internal, "through_jpeg: " + encoder.message());
  }
  return decode(encoder.bytes(), picture.format, "through_jpeg");
}

}  // namespace mien
