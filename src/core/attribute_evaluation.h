#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mien/attributes.h"

namespace mien {

/// What a model says of one face, and what the face was labelled as.
struct AttributeAnswer {
  Gender gender = Gender::male;
  double age = 0;                             ///< years
  float said_female = 0;                      ///< probability
  double said_age = 0;                        ///< years
  std::map<std::string, std::string> groups;  ///< "race" to "black", and so on
};

struct AttributeScores {
  std::size_t faces = 0;
  double gender_accuracy = 0;
  double age_error = 0;  ///< mean absolute error, years
  double age_bias = 0;   ///< mean of said less labelled, years
};

struct AttributeGroup {
  std::string name;
  AttributeScores scores;
};

/// The two groups of one kind that a measure differs most between.
struct AttributeGap {
  std::string kind;  ///< "race"
  std::string best;
  std::string worst;
  double best_value = 0;
  double worst_value = 0;

  double size() const;
};

/// Groups of faces by kind: "race", "gender", "age".
using AttributeGroups = std::map<std::string, std::vector<AttributeGroup>>;

/// Smaller groups say too little to be compared.
inline constexpr std::size_t kFewestFaces = 30;

/// The largest differences between groups of one kind and of kFewestFaces or more; nothing where
/// fewer than two are so large.
struct AttributeGaps {
  std::optional<AttributeGap> gender_accuracy;
  std::optional<AttributeGap> age_error;
};

AttributeGaps largest_gaps(const AttributeGroups& groups);

struct AttributeEvaluation {
  AttributeScores all;
  AttributeGroups groups;
  AttributeGaps gaps;
};

/// "0-9", "10-19", ..., "60-69", "70+".
std::string age_group(double age);

/// The groups of a face by "gender", "age" and, where it is known, "race".
std::map<std::string, std::string> attribute_groups(Gender gender, double age,
                                                    const std::string& race);

/// Groups are in the order of their names, ages by age. Throws Error (internal) without an answer.
AttributeEvaluation evaluate_attributes(std::span<const AttributeAnswer> answers);

}  // namespace mien
