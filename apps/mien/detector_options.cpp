#include "detector_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace mien::apps {

void DetectorOptions::add_to(CLI::App& command, const std::string& group) {
  command
      .add_option("--detector", detector.kind,
                  fmt::format("the face detector: {}; FILE is a YuNet of yours for OpenCV 4.6, "
                              "FILE.onnx a detector that mien export wrote",
                              fmt::join(face_detectors(), ", ")))
      ->type_name("DETECTOR")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--min-face", detector.min_face,
                  "the smallest face to look for, in pixels: 12 or more, of haar 16; fewer see "
                  "farther and take longer. 0 is what suits the picture: a fortieth of the longer "
                  "side, of haar a fiftieth and at least 24")
      ->type_name("PIXELS")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--min-score", detector.min_score,
                  "how sure the detector must be of a face, 0 to 1; without it, what suits the "
                  "detector. Less finds more faces, and more that are none")
      ->type_name("SCORE")
      ->group(group);
}

}  // namespace mien::apps
