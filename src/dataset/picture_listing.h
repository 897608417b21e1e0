#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dataset/face_dataset.h"

namespace mien {

/// A picture file of a data set, and what that says of the face in it.
struct LabelledPicture {
  std::filesystem::path file;
  Expression label = Expression::neutral;
  std::string subject = {};  ///< empty: not told
  FaceGroups groups = {};
};

/// What of a data set is not used, and why.
class LeftOut {
 public:
  void add(const std::string& why, const std::filesystem::path& which, std::size_t count = 1);
  void add(const LeftOut& others);
  /// One line for each reason, with how many there are and the first of them.
  std::vector<std::string> notes() const;

 private:
  struct Some {
    std::size_t count = 0;
    std::filesystem::path first;
  };
  std::map<std::string, Some> by_reason_;
};

/// The pictures of a data set in an order that does not depend on the file system. Nothing is
/// decoded yet.
struct PictureListing {
  std::vector<LabelledPicture> pictures;
  LeftOut left_out;
};

/// What a folder holds, by name, without hidden files. Throws Error (input) when it cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);
std::vector<std::filesystem::path> folders_of(const std::filesystem::path& folder);

/// The files in a folder and in those within it, `depth` folders deep, in the order of their paths.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, int depth);

/// Whether a file's name ends as those of PNG, JPEG, TIFF, WebP and BMP files do, in any case.
bool is_picture_file(const std::filesystem::path& path);

}  // namespace mien
