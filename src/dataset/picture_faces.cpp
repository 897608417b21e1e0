#include "dataset/picture_faces.h"

#include "mien/face_crop.h"

namespace mien {

LabelledFace PictureFaces::get(std::size_t index) const {
  return {crops_.at(index).pixels(), about_.at(index).label, std::nullopt};
}

void PictureFaces::add(const ImageView& picture, const LabelledPicture& about) {
  const auto whole = upright_crop({0, 0, picture.width, picture.height}, {}, {});
  crops_.push_back(crop_face(picture, whole, width_, height_));
  about_.push_back(about);
}

PictureFaces read_pictures(PictureListing& listing, int width, int height,
                           const PictureReader& read,
                           const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto& pictures = listing.pictures;
  PictureFaces faces(width, height);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (const auto face = read(pictures[i].file)) {
      faces.add(face->view(), pictures[i]);
    } else {
      listing.left_out.add("pictures in which no face was found", pictures[i].file);
    }
    if (progress) progress(i + 1, pictures.size());
  }
  return faces;
}

}  // namespace mien
