#pragma once

#include "dataset/annotated_pictures.h"

namespace mien {

enum class LandmarksSplit {
  training,    ///< all but every tenth picture
  validation,  ///< every tenth picture, beginning with the first
};

/// Reads ROOT/landmarks.csv (`image,x,y,width,height`, then x and y of the eye at the left and at
/// the right, the nose, the mouth's corner at the left and at the right) and the pictures in
/// ROOT/images. One face of each picture is marked; others may be there. Its box is made to be what
/// WIDER FACE would mark: the whole face instead of a square from the brows to the chin (7% of the
/// square's side further left, 34% further up, 1.15 times as wide and 1.46 times as high: medians
/// against YuNet's boxes on 799 of the pictures). Broken lines and missing pictures are skipped and
/// counted. Throws Error: input when the file or all pictures are missing, model when the file's
/// first line is another.
MarkedPictures read_face_landmarks(const std::filesystem::path& root, LandmarksSplit split);

}  // namespace mien
