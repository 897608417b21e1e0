#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "commands.h"
#include "mien/face_detector.h"

namespace mien::apps {

/// How findings are judged, for the help and the table.
inline constexpr std::string_view kDetectionRule =
    "A face is found when its box and the annotated one share half of what they cover.\n"
    "A finding that matches no face is wrong for each of the three sizes, whatever its own size;\n"
    "it is not counted where a line of the annotation is broken, for it may be that line's face.";

/// What `mien evaluate --task detection` is asked.
struct DetectionTask {
  std::filesystem::path data;
  std::string split;  ///< training, validation or all; empty is all
  /// Precision and recall are measured at its min_score.
  FaceDetectorOptions detector;
  int longest_side = 640;  ///< larger pictures are scaled down to it; 0: they are not
  bool json = false;
  std::filesystem::path plots;  ///< a folder that is there; empty: no plots
};

/// Looks for faces in the pictures of a data set in WIDER FACE's format, one thread at work, and
/// prints how many are found and how long it takes. Pictures are searched as they lie in the file,
/// whatever orientation it asks for, as annotations are of those pixels. What cannot be read is
/// said and told to `outcome`. Throws Error: usage for an unknown split or detector or a min_score
/// out of range, input when no picture can be read, and what the detector throws.
void evaluate_detection_task(const DetectionTask& task, Outcome& outcome);

}  // namespace mien::apps
