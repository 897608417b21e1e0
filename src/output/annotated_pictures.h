#pragma once

#include <filesystem>
#include <vector>

#include "mien/frame_result.h"
#include "mien/image.h"
#include "output/output_names.h"

namespace mien {

/// Writes pictures with what was found in them into a folder. The name is the source's with
/// `.annotated` before the extension, and a number where two sources have the same; so a picture
/// that was read is never written over, even when the folder is that of the sources.
class AnnotatedPictures {
 public:
  /// Makes the folder; `sources` are the pictures that will be read. Throws Error (internal) when
  /// the folder cannot be made.
  AnnotatedPictures(std::filesystem::path folder,
                    const std::vector<std::filesystem::path>& sources);

  /// Annotates the picture and writes it: a JPEG of a JPEG, else a PNG. Returns the file written.
  /// Throws Error (internal) when the file cannot be written; then none is left.
  std::filesystem::path write(Image picture, const FrameResult& result);

 private:
  OutputNames names_;
};

}  // namespace mien
