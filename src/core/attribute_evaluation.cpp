#include "core/attribute_evaluation.h"

#include <algorithm>
#include <cmath>

#include "mien/error.h"

namespace mien {
namespace {

/// Sums over the faces of a group.
class Meter {
 public:
  void add(const AttributeAnswer& answer) {
    ++scores_.faces;
    scores_.gender_accuracy += gender_estimate(answer.said_female).label == answer.gender ? 1 : 0;
    scores_.age_error += std::abs(answer.said_age - answer.age);
    scores_.age_bias += answer.said_age - answer.age;
  }

  AttributeScores scores() const {
    auto means = scores_;
    const auto count = static_cast<double>(means.faces);
    means.gender_accuracy /= count;
    means.age_error /= count;
    means.age_bias /= count;
    return means;
  }

 private:
  AttributeScores scores_;
};

void keep_larger(std::optional<AttributeGap>& largest, const AttributeGap& gap) {
  if (!largest || gap.size() > largest->size()) largest = gap;
}

/// `value` of a group: the larger the better.
template <typename Value>
void compare(std::optional<AttributeGap>& largest, const std::string& kind,
             const std::vector<AttributeGroup>& groups, double sign, const Value& value) {
  const AttributeGroup* best = nullptr;
  const AttributeGroup* worst = nullptr;
  for (const auto& group : groups) {
    if (group.scores.faces < kFewestFaces) continue;
    const double own = sign * value(group.scores);
    if (best == nullptr || own > sign * value(best->scores)) best = &group;
    if (worst == nullptr || own < sign * value(worst->scores)) worst = &group;
  }
  if (best == worst) return;
  keep_larger(largest, {kind, best->name, worst->name, value(best->scores), value(worst->scores)});
}

}  // namespace

double AttributeGap::size() const { return std::abs(best_value - worst_value); }

AttributeGaps largest_gaps(const AttributeGroups& groups) {
  AttributeGaps gaps;
  for (const auto& [kind, scored] : groups) {
    compare(gaps.gender_accuracy, kind, scored, 1,
            [](const AttributeScores& scores) { return scores.gender_accuracy; });
    compare(gaps.age_error, kind, scored, -1,
            [](const AttributeScores& scores) { return scores.age_error; });
  }
  return gaps;
}

std::string age_group(double age) {
  constexpr int kLast = 70;
  const int decade = static_cast<int>(age) / 10 * 10;
  if (decade >= kLast) return std::to_string(kLast) + "+";
  return std::to_string(decade) + "-" + std::to_string(decade + 9);
}

std::map<std::string, std::string> attribute_groups(Gender gender, double age,
                                                    const std::string& race) {
  std::map<std::string, std::string> groups = {{"gender", std::string(name(gender))},
                                               {"age", age_group(age)}};
  if (!race.empty()) groups["race"] = race;
  return groups;
}

AttributeEvaluation evaluate_attributes(std::span<const AttributeAnswer> answers) {
  if (answers.empty()) throw Error(ErrorCode::internal, "evaluate_attributes: there is no answer");
  Meter all;
  std::map<std::string, std::map<std::string, Meter>> meters;
  for (const auto& answer : answers) {
    all.add(answer);
    for (const auto& [kind, group] : answer.groups) meters[kind][group].add(answer);
  }
  AttributeEvaluation evaluation;
  evaluation.all = all.scores();
  for (const auto& [kind, groups] : meters) {
    auto& scored = evaluation.groups[kind];
    for (const auto& [group, meter] : groups) scored.push_back({group, meter.scores()});
  }
  evaluation.gaps = largest_gaps(evaluation.groups);
  return evaluation;
}

}  // namespace mien
