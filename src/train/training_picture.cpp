#include "train/training_picture.h"

#include <fstream>
#include <string>

#include "mien/error.h"
#ifdef MIEN_HAS_JPEG
#include "dataset/jpeg.h"
#endif
#ifdef MIEN_HAS_PNG
#include "dataset/png.h"
#endif

namespace mien::train {
namespace {

std::string first_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(8, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.gcount() == 0) {
    throw Error(ErrorCode::input, path.string() + ": empty or cannot be read; check the path");
  }
  return bytes;
}

}  // namespace

Image read_training_picture(const std::filesystem::path& path) {
  const auto bytes = first_bytes(path);
  std::string known;
#ifdef MIEN_HAS_JPEG
  if (bytes.starts_with("\xFF\xD8")) return read_jpeg(path);
  known += " JPEG";
#endif
#ifdef MIEN_HAS_PNG
  if (bytes.starts_with("\x89PNG")) return read_png(path);
  known += " PNG";
#endif
  throw Error(
      ErrorCode::input,
      path.string() + ": this build of the trainer cannot read it (it reads:" +
          (known.empty() ? " no pictures; install libjpeg and libpng and build again" : known) +
          "); convert the data set's pictures");
}

}  // namespace mien::train
