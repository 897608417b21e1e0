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
};

struct MarkedPicture {
  std::filesystem::path path;
  std::vector<MarkedFace> faces;
  bool all_marked = true;  ///< false: there may be faces that nobody marked
};

/// Pictures with marked faces, and what was wrong with the annotation.
struct MarkedPictures {
  std::vector<MarkedPicture> pictures;
  std::size_t skipped_faces = 0;        ///< boxes of no size, or outside of the picture
  std::size_t skipped_pictures = 0;     ///< without a file, or whose lines are broken
  std::vector<std::string> complaints;  ///< "FILE: line N: what", the first hundred
};

/// The faces of a picture as an evaluation compares them with what is found, when the picture was
/// scaled by those factors.
std::vector<AnnotatedFace> annotated_faces(const MarkedPicture& picture, double scale_x,
                                           double scale_y);

}  // namespace mien
