#include <algorithm>

#include "dataset/expression_label.h"
#include "dataset/formats/formats.h"
#include "dataset/group_table.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

[[noreturn]] void refuse_label(const Path& folder) {
  const auto name = folder.filename().string();
  if (name.find_first_not_of("0123456789") == std::string::npos) {
    throw Error(ErrorCode::model,
                folder.string() +
                    ": a number says no expression, as data sets number them differently; folders "
                    "are named by one of " +
                    known_labels() + "; the format affectnet reads those of AffectNet");
  }
  throw Error(ErrorCode::model,
              folder.string() + ": not the name of an expression; folders are named by one of " +
                  known_labels() + "; or choose one of its folders by --split");
}

bool holds_labels(const Path& folder) {
  return std::ranges::any_of(folders_of(folder), [](const Path& labelled) {
    return meaning_of_label(labelled.filename().string()).has_value();
  });
}

}  // namespace

bool has_labelled_folders(const Path& root) {
  return holds_labels(root) || std::ranges::any_of(folders_of(root), holds_labels);
}

PictureListing list_labelled_folders(const Path& root, const std::string& split) {
  const Path folder = split_folder(root, split);
  PictureListing listing;
  for (const auto& labelled : folders_of(folder)) {
    const auto meaning = meaning_of_label(labelled.filename().string());
    if (!meaning) refuse_label(labelled);
    for (const auto& file : entries_of(labelled)) {
      if (!is_picture_file(file)) continue;
      if (meaning->expression) {
        listing.pictures.push_back({file, *meaning->expression});
      } else {
        listing.left_out.add("pictures of contempt, which Mien does not name", file);
      }
    }
  }
  add_groups(root, listing.pictures);
  if (folder != root) add_groups(folder, listing.pictures);
  return listing;
}

}  // namespace mien
