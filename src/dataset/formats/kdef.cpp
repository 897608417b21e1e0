#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "dataset/expression_label.h"
#include "dataset/formats/formats.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr int kDepth = 3;  // of KDEF_and_AKDEF/KDEF/AF01

constexpr std::array<std::pair<std::string_view, Expression>, 7> kExpressions = {
    {{"AF", Expression::fear},
     {"AN", Expression::angry},
     {"DI", Expression::disgust},
     {"HA", Expression::happy},
     {"NE", Expression::neutral},
     {"SA", Expression::sad},
     {"SU", Expression::surprise}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAngles = {
    {{"S", "straight"},
     {"HL", "half_left"},
     {"HR", "half_right"},
     {"FL", "full_left"},
     {"FR", "full_right"}}};

template <typename Table>
auto value_of(const Table& table, std::string_view code)
    -> std::optional<decltype(table[0].second)> {
  for (const auto& [known, value] : table) {
    if (known == code) return value;
  }
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// AF01ANS: session, gender, two digits of the subject, expression, angle.
std::optional<LabelledPicture> parse(const Path& file) {
  std::string stem = file.stem().string();
  std::ranges::transform(stem, stem.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  if (stem.size() < 7 || (stem[0] != 'A' && stem[0] != 'B') || (stem[1] != 'F' && stem[1] != 'M') ||
      !is_digit(stem[2]) || !is_digit(stem[3])) {
    return std::nullopt;
  }
  const auto expression = value_of(kExpressions, std::string_view(stem).substr(4, 2));
  const auto angle = value_of(kAngles, std::string_view(stem).substr(6));
  if (!expression || !angle) return std::nullopt;
  return LabelledPicture{
      file,
      *expression,
      stem.substr(1, 3),
      {{"gender", stem[1] == 'F' ? "female" : "male"}, {"angle", std::string(*angle)}}};
}

void check_split(const std::string& split) {
  if (split.empty()) return;
  std::string known;
  for (const auto& [code, angle] : kAngles) {
    if (angle == split) return;
    known += (known.empty() ? "" : ", ") + std::string(angle);
  }
  throw Error(ErrorCode::usage, "split " + split + ": those of KDEF are its angles: " + known);
}

}  // namespace

bool is_kdef(const Path& root) {
  const auto files = files_below(root, kDepth);
  return std::ranges::any_of(
      files, [](const Path& file) { return is_picture_file(file) && parse(file).has_value(); });
}

PictureListing list_kdef(const Path& root, const std::string& split) {
  check_split(split);
  PictureListing listing;
  for (const auto& file : files_below(root, kDepth)) {
    if (!is_picture_file(file)) continue;
    if (auto picture = parse(file)) {
      if (split.empty() || picture->groups["angle"] == split) {
        listing.pictures.push_back(std::move(*picture));
      }
    } else {
      listing.left_out.add("files whose names are not those of KDEF, such as AF01ANS.JPG", file);
    }
  }
  return listing;
}

}  // namespace mien
