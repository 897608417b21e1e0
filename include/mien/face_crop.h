#pragma once

#include <optional>

#include "mien/box.h"
#include "mien/face.h"
#include "mien/image.h"
#include "mien/preprocessing.h"

namespace mien {

/// A square of a picture, turned about its centre: what a model sees of a face. In pixels; pixel
/// (x, y) covers x..x+1 and y..y+1. It may reach over the picture's edges.
struct FaceCrop {
  double centre_x = 0;
  double centre_y = 0;
  double side = 1;
  double roll = 0;  ///< radians by which the head is tilted clockwise in the picture

  friend bool operator==(const FaceCrop&, const FaceCrop&) = default;
};

/// All of a picture that is already cut to the face; what is not square is continued at its edges.
FaceCrop whole_picture(const ImageView& picture);

/// The square about a face's box, upright: FER-2013's frame as the detector's `framing` places it,
/// then the model's own margin and shift about that frame. At least one pixel wide.
FaceCrop upright_crop(const Box& box, const FaceFraming& framing,
                      const Preprocessing& preprocessing);

/// The same, turned with the head when its landmarks say that it is tilted by 3 degrees or more.
FaceCrop straightened_crop(const DetectedFace& face, const FaceFraming& framing,
                           const Preprocessing& preprocessing);

/// Radians, -pi..pi, by which a head is tilted clockwise in the picture: the turn that brings a
/// typical face's landmarks nearest to these (least squares: Umeyama, 1991, "Least-squares
/// estimation of transformation parameters between two point patterns"). Nothing when they do not
/// lie to each other or to the box as a face's do; profiles are such.
std::optional<double> head_roll(const Landmarks& landmarks, const Box& box);

/// Gray, `width` x `height`: a crop of a picture, resampled with a filter that covers every source
/// pixel, the picture's edges continued outwards. An upright crop is moved to whole pixels. Throws
/// Error (internal) when the picture is empty or the crop is not finite.
Image crop_face(const ImageView& picture, const FaceCrop& crop, int width, int height);

}  // namespace mien
