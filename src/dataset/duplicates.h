#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "dataset/face_dataset.h"

namespace mien {

/// What becomes of pictures that a dataset holds more than once, the same in every pixel.
enum class DuplicateRule {
  keep,              ///< all stay
  drop_conflicting,  ///< where their labels differ, none stays
  drop,              ///< where their labels differ, none stays; of the others the first one does
};

/// "keep", "drop_conflicting" or "drop".
std::string_view name(DuplicateRule rule);
std::optional<DuplicateRule> duplicate_rule_from_name(std::string_view name);

/// What a rule leaves of a dataset, and what it found.
struct Deduplicated {
  std::vector<std::size_t> kept;  ///< indices, rising
  std::size_t repeated = 0;       ///< faces that are the same as one before them
  std::size_t conflicting = 0;    ///< faces whose copies, or some of them, have another label
  std::size_t conflicting_groups = 0;
};

Deduplicated deduplicate(const FaceDataset& faces, DuplicateRule rule);

}  // namespace mien
