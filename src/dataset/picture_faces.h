#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dataset/face_dataset.h"
#include "dataset/picture_listing.h"
#include "mien/image.h"

namespace mien {

/// Faces out of picture files, resampled to one size, gray, kept as bytes.
class PictureFaces final : public FaceDataset {
 public:
  PictureFaces(int width, int height) : width_(width), height_(height) {}

  std::size_t size() const override { return about_.size(); }
  LabelledFace get(std::size_t index) const override;
  int width() const override { return width_; }
  int height() const override { return height_; }
  FaceGroups groups(std::size_t index) const override { return about_.at(index).groups; }
  std::string subject(std::size_t index) const override { return about_.at(index).subject; }

  /// The picture is a face, whole; what is not square is continued at its edges.
  void add(const ImageView& picture, const LabelledPicture& about);

 private:
  int width_;
  int height_;
  std::vector<Image> crops_;
  std::vector<LabelledPicture> about_;
};

/// Reads one picture file: the face in it, or nothing when it shows none. Throws Error when it
/// cannot be read.
using PictureReader = std::function<std::optional<Image>(const std::filesystem::path&)>;

/// Reads all the pictures; those that show no face are left out. `progress`, where it is given,
/// gets the number read and that of all. Throws what `read` throws.
PictureFaces read_pictures(PictureListing& listing, int width, int height,
                           const PictureReader& read,
                           const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace mien
