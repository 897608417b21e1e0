#include "dataset/face_landmarks.h"

#include <array>
#include <utility>

#include "dataset/annotation_lines.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kHeader =
    "image,x,y,width,height,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,"
    "mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y";
constexpr std::size_t kValidationEvery = 10;
enum Column { kX, kY, kWidth, kHeight, kPoints, kColumns = 14 };

// From the square that is marked to the whole face, in sides of the square.
constexpr float kFurtherLeft = 0.07F;
constexpr float kFurtherUp = 0.34F;
constexpr float kWidthFactor = 1.15F;
constexpr float kHeightFactor = 1.46F;

MarkedFace face_of(const std::array<float, kColumns>& columns) {
  MarkedFace face;
  face.x = columns[kX] - kFurtherLeft * columns[kWidth];
  face.y = columns[kY] - kFurtherUp * columns[kHeight];
  face.width = kWidthFactor * columns[kWidth];
  face.height = kHeightFactor * columns[kHeight];
  // The file's left eye is that at the picture's left, the person's right one.
  Landmarks landmarks;
  for (std::size_t point = 0; point < landmarks.size(); ++point) {
    landmarks[point] = {columns[kPoints + 2 * point], columns[kPoints + 2 * point + 1]};
  }
  face.landmarks = landmarks;
  return face;
}

/// Adds the picture of a row, or says what is wrong with the row.
std::optional<std::string> add_row(std::string_view row, const Path& folder,
                                   MarkedPictures& result) {
  const auto comma = row.find(',');
  std::array<float, kColumns> columns{};
  const auto parsed = comma == std::string_view::npos
                          ? ParsedNumbers::other_text
                          : parse_numbers(row.substr(comma + 1), ',', columns);
  if (parsed != ParsedNumbers::good) {
    ++result.skipped_pictures;
    return parsed == ParsedNumbers::out_of_range ? "one of its numbers is over a million"
                                                 : "not a picture's name and 14 numbers";
  }
  const std::string name(row.substr(0, comma));
  const auto path = picture_in(folder, name);
  std::error_code error;
  if (!path || !std::filesystem::is_regular_file(*path, error)) {
    ++result.skipped_pictures;
    return name + (path ? ": no such picture in " : ": leads out of ") + folder.string();
  }
  const auto face = face_of(columns);
  auto complaint = FaceCheck(*path).complaint(face);
  if (complaint) {
    ++result.skipped_faces;
  } else {
    result.pictures.push_back({*path, {face}, false});
  }
  return complaint;
}

}  // namespace

MarkedPictures read_face_landmarks(const Path& root, LandmarksSplit split) {
  AnnotationLines lines(root / "landmarks.csv");
  if (lines.line() != kHeader) {
    throw Error(ErrorCode::model, lines.path().string() + ": line 1: its header is not " +
                                      std::string(kHeader) + "; give that of the data set");
  }
  MarkedPictures result;
  result.annotation = lines.path();
  const Path folder = root / "images";
  lines.advance();
  for (std::size_t index = 0; !lines.at_end(); ++index, lines.advance()) {
    if ((index % kValidationEvery == 0) != (split == LandmarksSplit::validation)) continue;
    const auto complaint = add_row(lines.line(), folder, result);
    if (complaint) lines.complain(result, lines.number(), *complaint + "; skipped");
  }
  if (result.pictures.empty()) {
    throw Error(ErrorCode::input, folder.string() + ": none of the pictures that " +
                                      lines.path().string() +
                                      " names can be used; unpack them there");
  }
  return result;
}

}  // namespace mien
