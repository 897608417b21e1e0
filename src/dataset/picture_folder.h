#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dataset/face_dataset.h"
#include "mien/image.h"

namespace mien {

/// Faces out of picture files, resampled to one size, gray, kept as bytes.
class PictureFolder final : public FaceDataset {
 public:
  PictureFolder(int width, int height) : width_(width), height_(height) {}

  std::size_t size() const override { return labels_.size(); }
  LabelledFace get(std::size_t index) const override;
  int width() const override { return width_; }
  int height() const override { return height_; }

  /// The picture is a face, whole; what is not square is continued at its edges.
  void add(const ImageView& picture, Expression label);

 private:
  int width_;
  int height_;
  std::vector<std::uint8_t> pixels_;
  std::vector<Expression> labels_;
};

struct PictureFolderOptions {
  std::filesystem::path root;
  std::string split;  ///< the folder in root that holds the labels; empty: root itself does
  int width = 48;     ///< of the faces, in pixels
  int height = 48;
};

/// Reads one picture file; throws Error when it cannot.
using PictureReader = std::function<Image(const std::filesystem::path&)>;

/// Reads root/split/LABEL/*.png (also .jpg and .jpeg), where each LABEL is an expression's name, in
/// the order of the labels and of the files' names. `progress` gets the number of pictures read and
/// of all. Throws Error: input when a folder cannot be read or holds no picture, model when a
/// folder in it is named otherwise, and what `read` throws.
PictureFolder read_picture_folder(const PictureFolderOptions& options, const PictureReader& read,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace mien
