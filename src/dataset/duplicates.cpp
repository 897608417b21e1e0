#include "dataset/duplicates.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::array<std::pair<DuplicateRule, std::string_view>, 3> kRules = {
    {{DuplicateRule::keep, "keep"},
     {DuplicateRule::drop_conflicting, "drop_conflicting"},
     {DuplicateRule::drop, "drop"}}};

/// Faces that are the same in every pixel.
struct Group {
  Expression label = Expression::neutral;
  std::size_t size = 0;
  bool is_conflicting = false;
};

/// A face's pixels as what a table looks up: by hash, then byte by byte.
std::string_view key_of(const LabelledFace& face) {
  return {reinterpret_cast<const char*>(face.pixels.data()), face.pixels.size()};
}

}  // namespace

std::string_view name(DuplicateRule rule) {
  for (const auto& [candidate, name] : kRules) {
    if (candidate == rule) return name;
  }
  throw Error(ErrorCode::internal, "unknown rule of duplicates");
}

std::optional<DuplicateRule> duplicate_rule_from_name(std::string_view name) {
  for (const auto& [rule, candidate] : kRules) {
    if (candidate == name) return rule;
  }
  return std::nullopt;
}

Deduplicated deduplicate(const FaceDataset& faces, DuplicateRule rule) {
  std::unordered_map<std::string_view, Group> groups;
  std::vector<std::pair<const Group*, bool>> group_of;  // with whether it is the group's first
  group_of.reserve(faces.size());
  Deduplicated result;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto face = faces.get(i);
    const auto [found, is_first] = groups.try_emplace(key_of(face), Group{face.label});
    auto& group = found->second;
    ++group.size;
    if (face.label != group.label) group.is_conflicting = true;
    if (!is_first) ++result.repeated;
    group_of.emplace_back(&group, is_first);
  }
  for (const auto& [pixels, group] : groups) {
    if (!group.is_conflicting) continue;
    ++result.conflicting_groups;
    result.conflicting += group.size;
  }
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto& [group, is_first] = group_of[i];
    const bool drops = rule != DuplicateRule::keep &&
                       (group->is_conflicting || (rule == DuplicateRule::drop && !is_first));
    if (!drops) result.kept.push_back(i);
  }
  return result;
}

}  // namespace mien
