#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace mien {

/// Names for the files that are written into one folder. No name is given out twice, and none is
/// that of an input, even when the folder is that of the inputs.
class OutputNames {
 public:
  /// Makes the folder. Throws Error (internal) when it cannot be made.
  OutputNames(std::filesystem::path folder, const std::vector<std::filesystem::path>& inputs);

  /// `stem` (shortened where a file system would not take it) + ".annotated" + `extension`, with a
  /// number before the extension where that is taken.
  std::filesystem::path next(const std::string& stem, const std::string& extension);

 private:
  std::filesystem::path folder_;
  std::set<std::string> taken_;
};

/// Names for annotated videos: one file, or files in a folder.
class VideoNames {
 public:
  /// `output` is a file when it ends in .mp4 and is no folder, else a folder, which is made.
  /// Throws Error: usage when the file is an input, internal when a folder cannot be made.
  VideoNames(const std::filesystem::path& output, const std::vector<std::string>& inputs);

  /// For the video of this source, as the user named it. What an address has of user, password and
  /// query does not get into the name. Throws Error (usage) at the second video for one file.
  std::filesystem::path next(const std::string& source);

 private:
  std::filesystem::path file_;
  std::vector<OutputNames> folder_;  ///< one, or none
  bool used_ = false;
};

/// Whether an output of this name is one video file, and no folder.
bool names_video_file(const std::filesystem::path& output);

}  // namespace mien
