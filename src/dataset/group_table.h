#pragma once

#include <filesystem>

#include "dataset/picture_listing.h"

namespace mien {

inline constexpr const char* kGroupTable = "groups.csv";

/// Adds what FOLDER/groups.csv tells of the pictures to their groups, when there is such a file:
/// its header is `file` and kinds of groups, such as `file,gender,age`; each row names a picture by
/// its path in the folder. Of an age in years the decade becomes the group (age_group()); the
/// column `subject` says whose face it is. Rows of pictures that are not listed are passed over, as
/// those of another split are. Throws Error: input when the file cannot be read, model when it is
/// no such table, with the line.
void add_groups(const std::filesystem::path& folder, std::vector<LabelledPicture>& pictures);

}  // namespace mien
