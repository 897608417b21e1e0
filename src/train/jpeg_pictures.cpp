#include "train/jpeg_pictures.h"

#include "mien/error.h"
#if MIEN_HAS_JPEG
#include "dataset/jpeg.h"
#endif

namespace mien::train {

#if MIEN_HAS_JPEG

Image read_jpeg_picture(const std::filesystem::path& path) { return read_jpeg(path); }

Image compressed(const ImageView& picture, int quality) { return through_jpeg(picture, quality); }

#else

namespace {

[[noreturn]] void no_jpeg() {
  throw Error(
      ErrorCode::usage,
      "this build of mien-train reads no JPEG files, which this recipe learns from; install "
      "libjpeg-dev and build again");
}

}  // namespace

Image read_jpeg_picture(const std::filesystem::path&) { no_jpeg(); }
Image compressed(const ImageView&, int) { no_jpeg(); }

#endif

}  // namespace mien::train
