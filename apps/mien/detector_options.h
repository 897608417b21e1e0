#pragma once

#include <string>

#include "mien/face_detector.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// --detector and what it looks for.
struct DetectorOptions {
  FaceDetectorOptions detector;

  /// `group` is the options' heading in the help.
  void add_to(CLI::App& command, const std::string& group);
};

}  // namespace mien::apps
