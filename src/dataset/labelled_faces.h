#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/face_dataset.h"
#include "dataset/fer2013.h"
#include "dataset/picture_faces.h"

namespace mien {

/// A kind of data set that labels faces with expressions.
struct DataFormat {
  std::string_view name;    ///< what --format takes
  std::string_view layout;  ///< what it looks like, for the help
};

/// All kinds, in the order in which they are looked for.
std::span<const DataFormat> data_formats();

/// Whether it is one of those, or kAnyFormat.
bool is_data_format(std::string_view name);

/// "fer2013, ferplus, ...", for help and errors.
std::string known_formats();

inline constexpr std::string_view kAnyFormat = "auto";
inline constexpr std::string_view kFer2013Format = "fer2013";
inline constexpr std::string_view kFerPlusFormat = "ferplus";

struct LabelledFacesRequest {
  std::filesystem::path data;  ///< a file or a folder
  std::string format{kAnyFormat};
  std::filesystem::path votes = {};  ///< of FER+, where they are wanted
  std::vector<std::string> splits;   ///< see parse_split(); "all" of a folder is all of it
  int width = 48;                    ///< of the faces, in pixels; FER-2013's stay as they are
  int height = 48;
  PictureReader read = {};     ///< of picture files
  ReadProgress progress = {};  ///< bytes or pictures
  /// Gets a line for each reason why something was left out.
  std::function<void(const std::string&)> note = {};
};

/// Whether data sets of that format tell whose face each is; folders may, too, by groups.csv.
bool tells_subjects(std::string_view format);

/// The name of the format: that which was asked for, or what lies in the data shows it. Throws
/// Error: usage for an unknown format, input when there is nothing.
std::string format_of(const std::filesystem::path& data, const std::string& format);

/// The splits, in the order in which they were asked for. Throws Error: usage for an unknown format
/// or split, input and model as the readers do, and input when a split has no picture.
std::vector<std::shared_ptr<const FaceDataset>> read_faces(const LabelledFacesRequest& request);

}  // namespace mien
