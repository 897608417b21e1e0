#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "dataset/expression_label.h"
#include "dataset/formats/formats.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

/// Names for the same part.
constexpr std::array<std::array<std::string_view, 4>, 3> kSynonyms = {
    {{"train", "training", "train_set", "trainset"},
     {"validation", "valid", "val", "val_set"},
     {"test", "testing", "test_set", "testset"}}};

bool means_the_same(std::string_view a, std::string_view b) {
  const auto one = lower_case(a);
  const auto other = lower_case(b);
  return one == other || std::ranges::any_of(kSynonyms, [&](const auto& names) {
           return std::ranges::find(names, one) != names.end() &&
                  std::ranges::find(names, other) != names.end();
         });
}

}  // namespace

Path split_folder(const Path& root, const std::string& split) {
  if (split.empty()) return root;
  std::error_code ignored;
  if (std::filesystem::is_directory(root / split, ignored)) return root / split;
  std::string there;
  for (const auto& folder : folders_of(root)) {
    const auto name = folder.filename().string();
    if (means_the_same(name, split)) return folder;
    there += (there.empty() ? "" : ", ") + name;
  }
  throw Error(ErrorCode::input, root.string() + ": it has no split " + split +
                                    (there.empty() ? "" : " (its folders: " + there + ")") +
                                    "; choose another one, or hold some faces out with "
                                    "fraction:0.1");
}

void require_no_split(const Path& root, const std::string& split) {
  if (split.empty()) return;
  throw Error(ErrorCode::usage, root.string() + ": this data set has no split " + split +
                                    "; hold faces out with fraction:0.1 or subject:0.1");
}

}  // namespace mien
