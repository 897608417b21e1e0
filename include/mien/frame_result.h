#pragma once

#include <string>
#include <vector>

#include "mien/face.h"

namespace mien {

/// All that is known of one frame (a picture is a source with one frame).
struct FrameResult {
  std::string source;   ///< as the user named it
  long long frame = 0;  ///< 0, 1, ... within the source
  double time = 0;      ///< seconds from the source's start
  int width = 0;        ///< pixels, after the orientation in the file was applied
  int height = 0;
  std::vector<Face> faces;  ///< empty when no face was found
};

}  // namespace mien
