#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mien/face.h"
#include "mien/image.h"
#include "mien/preprocessing.h"

namespace mien {

/// Finds faces. One thread at a time.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;

  /// The faces in a picture, the surest first; their boxes lie within it and hardly overlap.
  virtual std::vector<DetectedFace> detect(const ImageView& picture) = 0;

  /// How its boxes lie to FER-2013's framing.
  virtual FaceFraming framing() const { return {}; }

  /// The faces about where one is expected and about as large, the surest first; their boxes lie
  /// within the picture. Meant for each frame of a video: a detector that can do better than
  /// detect() on that part of the picture, which is the default, does so, and may be content with
  /// less evidence, as a face is likely there. Empty when the box lies outside.
  virtual std::vector<DetectedFace> detect_near(const ImageView& picture, const Box& expected);

  /// The faces in a part of the picture, of any size that detect() would look for there; their
  /// boxes are of the whole picture. Meant for frames of a video: a detector may try other sizes of
  /// faces with another `round`, so that the next search finds what one just missed. Round 0 of the
  /// whole picture is detect(). Empty when the part lies outside.
  virtual std::vector<DetectedFace> detect_in(const ImageView& picture, const Box& part, int round);
};

struct FaceDetectorOptions {
  /// One of face_detectors(). Default "haar-alt2"; "haar-fast" takes a fraction of its time, finds
  /// fewer faces and takes more of other things for faces.
  std::string kind = "haar-alt2";
  /// Width in pixels of the smallest face to look for, 16 or more; 0, the default, looks for faces
  /// of a fiftieth of the picture's longer side, at least 24 pixels. Smaller finds faces farther
  /// away, and takes time that grows with the square of (picture's side / min_face).
  int min_face = 0;
  /// Faces with a score below this are left out, 0..1. Default 0.5. Higher: fewer things that are
  /// no face, more faces missed.
  double min_score = 0.5;
};

/// The detectors there are.
std::vector<std::string> face_detectors();

/// Throws Error: usage for an unknown kind or an option out of range, model when the detector's
/// data are not found. Cascades are looked for in the folder MIEN_CASCADES (an environment
/// variable) and where Debian's package opencv-data puts them.
std::unique_ptr<FaceDetector> make_face_detector(const FaceDetectorOptions& options = {});

/// A detector that finds the same faces in every picture, for tests.
std::unique_ptr<FaceDetector> make_fake_face_detector(std::vector<DetectedFace> faces);

}  // namespace mien
