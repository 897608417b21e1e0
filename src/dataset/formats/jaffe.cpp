#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "dataset/formats/formats.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr int kDepth = 1;

constexpr std::array<std::pair<std::string_view, Expression>, 7> kExpressions = {
    {{"AN", Expression::angry},
     {"DI", Expression::disgust},
     {"FE", Expression::fear},
     {"HA", Expression::happy},
     {"NE", Expression::neutral},
     {"SA", Expression::sad},
     {"SU", Expression::surprise}}};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

/// KA.AN1.39: subject, expression and take, number. All who sat for it are women.
std::optional<LabelledPicture> parse(const Path& file) {
  const std::string stem = file.stem().string();
  const std::string_view name = stem;
  if (name.size() < 8 || !is_letter(name[0]) || !is_letter(name[1]) || name[2] != '.') {
    return std::nullopt;
  }
  const auto dot = name.find('.', 5);
  if (dot == std::string_view::npos || !is_number(name.substr(5, dot - 5)) ||
      !is_number(name.substr(dot + 1))) {
    return std::nullopt;
  }
  for (const auto& [code, expression] : kExpressions) {
    if (name.substr(3, 2) != code) continue;
    return LabelledPicture{file, expression, stem.substr(0, 2), {{"gender", "female"}}};
  }
  return std::nullopt;
}

}  // namespace

bool is_jaffe(const Path& root) {
  const auto files = files_below(root, kDepth);
  return std::ranges::any_of(
      files, [](const Path& file) { return is_picture_file(file) && parse(file).has_value(); });
}

PictureListing list_jaffe(const Path& root, const std::string& split) {
  require_no_split(root, split);
  PictureListing listing;
  for (const auto& file : files_below(root, kDepth)) {
    if (!is_picture_file(file)) continue;
    if (auto picture = parse(file)) {
      listing.pictures.push_back(std::move(*picture));
    } else {
      listing.left_out.add("files whose names are not those of JAFFE, such as KA.AN1.39.tiff",
                           file);
    }
  }
  return listing;
}

}  // namespace mien
