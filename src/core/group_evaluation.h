#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/attribute_evaluation.h"
#include "core/evaluation.h"

namespace mien {

struct GroupScore {
  std::string name;  ///< "female"; kNotTold for the faces that the data says nothing of
  std::size_t n = 0;
  double accuracy = 0;
  double macro_f1 = 0;
};

/// The two groups of one kind whose accuracy differs most.
struct GroupGap {
  std::string kind;
  std::string best;
  std::string worst;
  double accuracy = 0;  ///< of the best less that of the worst
};

struct GroupEvaluation {
  /// By kind, in the order asked for; groups in the order of their names.
  std::vector<std::pair<std::string, std::vector<GroupScore>>> kinds;
  /// Between groups of kFewestFaces faces or more that the data names; nothing where no kind has
  /// two.
  std::optional<GroupGap> largest_gap;
};

inline constexpr const char* kNotTold = "(not told)";

/// One prediction, label and set of groups, kind to name, for each face. Throws Error: usage when
/// no face has a group of one of the kinds, internal when the lengths differ or are 0.
GroupEvaluation evaluate_groups(std::span<const Probabilities> predictions,
                                std::span<const Expression> labels,
                                std::span<const std::map<std::string, std::string>> groups,
                                const std::vector<std::string>& kinds);

}  // namespace mien
