#include "dataset/picture_folder.h"

#include <algorithm>
#include <utility>

#include "core/file_name.h"
#include "mien/error.h"
#include "mien/face_crop.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

/// What a folder holds, by name, without hidden files.
std::vector<Path> entries(const Path& folder) {
  std::vector<Path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) found.push_back(entry->path());
  }
  if (error) {
    throw Error(ErrorCode::input, folder.string() + ": cannot read the folder: " + error.message() +
                                      "; check the data's path and the split");
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_picture(const Path& path) {
  const auto extension = lower_case_extension(path);
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

std::vector<std::pair<Path, Expression>> labelled_pictures(const Path& folder) {
  std::vector<std::pair<Path, Expression>> pictures;
  for (const auto& entry : entries(folder)) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(entry, ignored)) continue;
    const auto label = expression_from_name(entry.filename().string());
    if (!label) {
      throw Error(ErrorCode::model, entry.string() +
                                        ": not the name of an expression; folders are named "
                                        "angry, disgust, fear, happy, sad, surprise and neutral, "
                                        "or choose one of its folders by --split");
    }
    for (const auto& file : entries(entry)) {
      if (is_picture(file)) pictures.emplace_back(file, *label);
    }
  }
  return pictures;
}

}  // namespace

LabelledFace PictureFolder::get(std::size_t index) const {
  const std::size_t size = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  return {std::span(pixels_).subspan(index * size, size), labels_.at(index), std::nullopt};
}

void PictureFolder::add(const ImageView& picture, Expression label) {
  const auto whole = upright_crop({0, 0, picture.width, picture.height}, {}, {});
  const Image face = crop_face(picture, whole, width_, height_);
  pixels_.insert(pixels_.end(), face.pixels().begin(), face.pixels().end());
  labels_.push_back(label);
}

PictureFolder read_picture_folder(const PictureFolderOptions& options, const PictureReader& read,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  const Path folder = options.split.empty() ? options.root : options.root / options.split;
  const auto pictures = labelled_pictures(folder);
  if (pictures.empty()) {
    throw Error(ErrorCode::input, folder.string() +
                                      ": no picture in it; put PNG or JPEG files into folders "
                                      "named by expression");
  }
  PictureFolder faces(options.width, options.height);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    faces.add(read(pictures[i].first).view(), pictures[i].second);
    if (progress) progress(i + 1, pictures.size());
  }
  return faces;
}

}  // namespace mien
