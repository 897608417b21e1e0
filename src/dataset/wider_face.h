#pragma once

#include "dataset/annotated_pictures.h"

namespace mien {

enum class WiderSplit {
  training,    ///< all but every eighth picture
  validation,  ///< every eighth picture, beginning with the first
  all,
};

/// Reads WIDER FACE (Yang et al., 2016): ROOT/wider_face_*_bbx_gt.txt (one, or that of `train`
/// where there are more; also in ROOT/wider_face_split) and the pictures in ROOT/WIDER_*/images.
/// Each picture is its name, the number of its faces, and a line `x y w h blur expression
/// illumination invalid occlusion pose` for each (one of zeros when there is none). A line that is
/// cut or holds no numbers skips the face or, where the next picture cannot be told, goes on with
/// the next line that names a picture; boxes of no size or outside of the picture are skipped too,
/// boxes that reach over its edges are kept as they are. All of that is counted, with line numbers.
/// Throws Error (input) when ROOT holds no annotation or none of its pictures.
MarkedPictures read_wider_face(const std::filesystem::path& root, WiderSplit split);

}  // namespace mien
