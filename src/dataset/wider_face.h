#pragma once

#include "dataset/annotated_pictures.h"

namespace mien {

/// By the order in which the annotation names the pictures, those that are missing too, so that no
/// picture changes sides for it.
enum class WiderSplit {
  training,    ///< all but every eighth picture
  validation,  ///< every eighth picture, beginning with the first
  all,
};

/// Reads WIDER FACE (Yang et al., 2016): ROOT/wider_face_PART_bbx_gt.txt (one, or that of `train`
/// where there are more; also in ROOT/wider_face_split) and the pictures in ROOT/WIDER_PART/images.
/// Each picture is its name (.jpg, .jpeg or .png), the number of its faces, and a line `x y w h
/// blur expression illumination invalid occlusion pose` for each (one of zeros, or no line, when
/// there is none). A face is valid unless its line says `invalid`.
///
/// A line that does not hold those ten numbers, or a box of which less than a third is in the
/// picture, skips the face, and the picture is no longer `all_marked`; a box of no size skips the
/// face alone. Boxes that reach over the edges of a JPEG are cut; those of other pictures await
/// cut_faces(). A picture that is missing, or does not have as many lines as it says, is skipped,
/// and reading goes on with the next line that names a picture. A line that should name one and
/// does not, known by the count after it, is a picture that is skipped. All of that is counted for
/// the split asked for, with line numbers.
///
/// Throws Error: input when ROOT holds no annotation or none of its pictures, when those of the
/// split are all broken or there are none; model when the annotation names no picture.
MarkedPictures read_wider_face(const std::filesystem::path& root, WiderSplit split);

}  // namespace mien
