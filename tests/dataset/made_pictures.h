#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "dataset/labelled_faces.h"
#include "made_folder.h"

namespace mien {

/// Reads a file as a picture of one gray level: the number that it holds, or how long its name is.
inline Image read_level(const std::filesystem::path& path) {
  int level = static_cast<int>(path.filename().string().size());
  std::ifstream(path) >> level;
  Image image(10, 20, PixelFormat::gray);
  std::ranges::fill(image.pixels(), static_cast<std::uint8_t>(level));
  return image;
}

/// A data set of picture files, each of which holds the number that is its gray level.
class MadePictures : public MadeFolder {
 protected:
  void add(std::initializer_list<const char*> files) const {
    for (const auto* file : files) write(file, "x");
  }

  std::shared_ptr<const FaceDataset> read(const std::string& split = {},
                                          const std::string& format = "auto") {
    notes.clear();
    return read_faces({.data = root(),
                       .format = format,
                       .splits = {split},
                       .width = 8,
                       .height = 8,
                       .read = read_level,
                       .note = [this](const std::string& line) { notes.push_back(line); }})
        .front();
  }

  std::string failure(ErrorCode expected, const std::string& split = {},
                      const std::string& format = "auto") {
    return MadeFolder::failure(expected, [&] { read(split, format); });
  }

  static std::vector<Expression> labels(const FaceDataset& faces) {
    std::vector<Expression> all;
    for (std::size_t i = 0; i < faces.size(); ++i) all.push_back(faces.get(i).label);
    return all;
  }

  std::vector<std::string> notes;
};

}  // namespace mien
