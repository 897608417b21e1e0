#pragma once

#include <memory>
#include <vector>

#include "core/face_grid.h"
#include "mien/face_detector.h"
#include "mien/model_card.h"

namespace mien {

/// Finds faces in pictures of a size that suits it. One thread at a time.
class FaceFinder {
 public:
  virtual ~FaceFinder() = default;

  /// What it is; valid as long as the finder. The strides tell nothing.
  virtual const DetectorCard& card() const = 0;

  /// What both sides of a picture must be multiples of.
  virtual int side_unit() const = 0;

  /// Of one picture, at most; at least 1024 x 1024.
  virtual double most_pixels() const = 0;

  /// Whether whole pictures are worth a second look at half the scale, for large faces.
  virtual bool looks_twice() const { return false; }

  /// The faces in a picture, in its pixels, with at least that score; several for one face. The
  /// picture is BGR without gaps between its rows.
  virtual std::vector<FaceCandidate> find(const ImageView& picture, float min_score) = 0;
};

/// A detector that gives a finder each picture, or a part of it, as large as is needed and no
/// larger, so that the smallest faces to look for are as small as the finder sees well:
/// - a picture without `min_face` has 640 pixels along its longer side at most;
/// - finders that look twice get it again at half of that scale, for faces of 50 pixels and more;
/// - of one that gets more pixels than the finder takes at once, parts that overlap are searched,
/// and the larger
///   faces in the whole;
/// - near where a face is expected, an input of 96 pixels serves whatever the face's size.
/// Frames of one size give inputs of one size, and parts of them inputs of few sizes, as a finder
/// has to get ready for each size.
std::unique_ptr<FaceDetector> make_scaled_detector(std::unique_ptr<FaceFinder> finder,
                                                   const FaceDetectorOptions& options);

}  // namespace mien
