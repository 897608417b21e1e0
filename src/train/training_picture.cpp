#include "train/training_picture.h"

#include <fstream>
#include <string>

#include "mien/error.h"
#include "train/jpeg_pictures.h"
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
  if (bytes.starts_with("\xFF\xD8")) return read_jpeg_picture(path);
#ifdef MIEN_HAS_PNG
  if (bytes.starts_with("\x89PNG")) return read_png(path);
  const std::string known = "JPEG and PNG";
#else
  const std::string known = "JPEG; with libpng's development package, built again, also PNG";
#endif
  throw Error(ErrorCode::input, path.string() + ": not a kind of picture that the trainer reads (" +
                                    known + "); convert the data set's pictures");
}

}  // namespace mien::train
