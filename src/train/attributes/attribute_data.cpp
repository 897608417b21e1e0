#include "train/attributes/attribute_data.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mien/error.h"
#include "mien/face_crop.h"
#include "train/jpeg_pictures.h"

namespace mien::train {
namespace {

Image gray_of(const Image& picture) {
  const int side = std::max(picture.width(), picture.height());
  const int kept = std::min(side, kLargestFace);
  return crop_face(picture.view(), whole_picture(picture.view()), kept, kept);
}

std::vector<AttributedFace> read_faces(const std::vector<UtkFace>& listed,
                                       std::vector<std::string>& notes,
                                       const std::function<void()>& one_more) {
  std::vector<AttributedFace> faces;
  for (const auto& face : listed) {
    try {
      faces.push_back(
          {gray_of(read_jpeg_picture(face.path)), face.age, face.gender, std::string(face.race)});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      notes.emplace_back(error.what());
    }
    one_more();
  }
  return faces;
}

}  // namespace

AttributeData read_attribute_data(const std::filesystem::path& root,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  AttributeData data;
  const auto training = read_utk_faces(root, UtkFaceSplit::training);
  const auto validation = read_utk_faces(root, UtkFaceSplit::validation);
  if (training.skipped > 0) {
    data.notes.push_back(std::to_string(training.skipped) +
                         " files were skipped, the first: " + training.complaints.front());
  }
  const auto total = training.faces.size() + validation.faces.size();
  std::size_t done = 0;
  const auto one_more = [&] { progress(++done, total); };
  data.training = read_faces(training.faces, data.notes, one_more);
  data.validation = read_faces(validation.faces, data.notes, one_more);
  if (data.training.empty() || data.validation.empty()) {
    throw Error(ErrorCode::input,
                root.string() + ": too few pictures that can be read; both splits need one");
  }
  return data;
}

}  // namespace mien::train
