#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/detection_evaluation.h"
#include "mien/face.h"

namespace mien {

/// A face marked in a picture. Coordinates are pixels of the picture, the origin its top left.
struct MarkedFace {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
  bool valid = true;  ///< false: too small, hidden or doubtful to learn from
  std::optional<Landmarks> landmarks;
  std::size_t line = 0;  ///< of the annotation, from 1; 0: not known
};

struct MarkedPicture {
  std::filesystem::path path;
  std::vector<MarkedFace> faces;
  bool all_marked = true;  ///< false: there may be faces that nobody marked
};

/// Pictures with marked faces, and what was wrong with the annotation.
struct MarkedPictures {
  std::filesystem::path annotation;  ///< the file that marks them
  std::vector<MarkedPicture> pictures;
  std::size_t skipped_faces = 0;     ///< broken lines, and boxes of no use (see complaint_about())
  std::size_t skipped_pictures = 0;  ///< without a file, or whose lines are broken
  std::vector<std::string> complaints;  ///< "FILE: line N: what", the first hundred
};

/// Why there is no use in a face of a picture of that size, which may be infinite where it is not
/// known: its box has no size, or less than a third of it is in the picture. Nothing when there is.
std::optional<std::string> complaint_about(const MarkedFace& face, float width, float height);

/// Cuts a face's box to a picture of that size.
void cut(MarkedFace& face, float width, float height);

/// Cuts all boxes of a picture to its size, as it is known once the picture is decoded. Faces that
/// there is a complaint about are taken out, after which the picture is no longer `all_marked`, and
/// the complaints given: "line N: what".
std::vector<std::string> cut_faces(MarkedPicture& picture, int width, int height);

/// The faces of a picture as an evaluation compares them with what is found, when the picture was
/// scaled by those factors.
std::vector<AnnotatedFace> annotated_faces(const MarkedPicture& picture, double scale_x,
                                           double scale_y);

}  // namespace mien
