#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mien/attributes.h"

namespace mien {

/// What UTKFace (Zhang et al., 2017) says of a face: labels that an algorithm gave and a person
/// checked, from pictures of the web.
struct UtkFace {
  std::filesystem::path path;
  int age = 0;  ///< years, 0..116
  Gender gender = Gender::male;
  std::string_view race;  ///< one of kUtkRaces
};

/// In the order of their numbers in the files' names, lower case.
inline constexpr std::array<std::string_view, 5> kUtkRaces = {"white", "black", "asian", "indian",
                                                              "other"};

/// UTKFace has no splits. A hash of the date in a file's name puts it into one for good: eight
/// tenths, a tenth and a tenth.
enum class UtkFaceSplit { training, validation, test, all };

std::string_view name(UtkFaceSplit split);
std::optional<UtkFaceSplit> utk_face_split_from_name(std::string_view name);

struct UtkFaces {
  std::vector<UtkFace> faces;           ///< in the order of the files' names
  std::size_t skipped = 0;              ///< JPEG files whose names do not say what they show
  std::vector<std::string> complaints;  ///< "FILE: what", the first hundred
};

/// The aligned and cropped faces in `root`: AGE_GENDER_RACE_DATE.jpg.chip.jpg or
/// AGE_GENDER_RACE_DATE.jpg with gender 0 (male) or 1 and race 0..4. Throws Error (input) when the
/// folder cannot be read or has no such file in that split.
UtkFaces read_utk_faces(const std::filesystem::path& root, UtkFaceSplit split);

}  // namespace mien
