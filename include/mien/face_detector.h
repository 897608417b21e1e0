#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mien/face.h"
#include "mien/image.h"
#include "mien/network.h"
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

  /// The score from which a finding is taken for a face unless the options say another, 0..1.
  virtual double default_min_score() const { return 0.5; }
  /// The score from which it is with these options: detect() leaves out what has less.
  virtual double min_score() const { return default_min_score(); }

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

/// The detector that is used when none is named.
inline constexpr std::string_view kDefaultFaceDetector = "mien";

struct FaceDetectorOptions {
  /// One of face_detectors(); default kDefaultFaceDetector.
  /// - "mien": a network of Mien's own, the model "mien-detector".
  /// - "haar-alt2", "haar": cascades; slower, and they find upright faces alone. "haar-fast" takes
  /// a
  ///   fraction of their time, finds fewer faces and takes more of other things for faces.
  /// - "yunet:FILE": YuNet run by OpenCV, with your file.
  /// - "FILE.onnx": a model of yours whose card says that it finds faces.
  std::string kind{kDefaultFaceDetector};
  /// Size in pixels of the smallest face to look for; 0, the default, is what suits the picture.
  /// Smaller finds faces farther away, and takes time that grows with the square of (picture's side
  /// / min_face).
  /// - Cascades: 16 or more; 0 is a fiftieth of the picture's longer side, at least 24 pixels.
  /// - The others: 12 or more; with 0 a picture is scaled down to 640 pixels along its longer side,
  ///   where faces of some 16 pixels are found, so about a fortieth of it.
  int min_face = 0;
  /// Faces with a score below this are left out, 0..1. Default: the detector's own threshold.
  /// Higher: fewer things that are no face, more faces missed.
  std::optional<double> min_score = {};
  /// In which numbers a network is computed. Default: bfloat16 where the processor has instructions
  /// for it, float32 elsewhere. "mien" and "FILE.onnx" alone; not int8.
  std::optional<Precision> precision = {};
  /// For one run of a network. Default 1. 0: as many as the machine has processors. "mien" and
  /// "FILE.onnx" alone.
  int threads = 1;
};

/// The detectors there are, as FaceDetectorOptions::kind names them.
std::vector<std::string> face_detectors();

/// Throws Error: usage for an unknown kind or an option out of range, model when the detector's
/// data are not found or invalid. Cascades are looked for in the folder MIEN_CASCADES (an
/// environment variable) and where Debian's package opencv-data puts them.
std::unique_ptr<FaceDetector> make_face_detector(const FaceDetectorOptions& options = {});

/// A detector that finds the same faces in every picture, for tests.
std::unique_ptr<FaceDetector> make_fake_face_detector(std::vector<DetectedFace> faces);

}  // namespace mien
