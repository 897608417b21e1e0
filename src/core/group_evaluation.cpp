#include "core/group_evaluation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

using Groups = std::map<std::string, std::string>;

struct Members {
  std::vector<Probabilities> predictions;
  std::vector<Expression> labels;
};

[[noreturn]] void refuse(const std::string& kind, std::span<const Groups> groups) {
  std::set<std::string> told;
  for (const auto& of_face : groups) {
    for (const auto& [known, name] : of_face) told.insert(known);
  }
  std::string text;
  for (const auto& known : told) text += (text.empty() ? "" : ", ") + known;
  throw Error(ErrorCode::usage, "groups by " + kind + ": the data tells " +
                                    (text.empty() ? "no groups" : "only " + text) +
                                    "; a file groups.csv beside the labels can tell them");
}

std::vector<GroupScore> scores_of(const std::map<std::string, Members>& members) {
  std::vector<GroupScore> scores;
  for (const auto& [name, some] : members) {
    const auto evaluation = evaluate(some.predictions, some.labels);
    scores.push_back({name, evaluation.n, evaluation.accuracy, evaluation.macro_f1});
  }
  return scores;
}

std::optional<GroupGap> gap_of(const std::string& kind, const std::vector<GroupScore>& scores) {
  std::vector<const GroupScore*> large;
  for (const auto& score : scores) {
    if (score.n >= kFewestFaces && score.name != kNotTold) large.push_back(&score);
  }
  if (large.size() < 2) return std::nullopt;
  const auto [worst, best] = std::ranges::minmax_element(
      large, {}, [](const GroupScore* score) { return score->accuracy; });
  return GroupGap{kind, (*best)->name, (*worst)->name, (*best)->accuracy - (*worst)->accuracy};
}

}  // namespace

GroupEvaluation evaluate_groups(std::span<const Probabilities> predictions,
                                std::span<const Expression> labels, std::span<const Groups> groups,
                                const std::vector<std::string>& kinds) {
  if (labels.empty() || predictions.size() != labels.size() || groups.size() != labels.size()) {
    throw Error(ErrorCode::internal,
                "evaluate_groups: expected a prediction, a label and groups for each face");
  }
  GroupEvaluation result;
  for (const auto& kind : kinds) {
    std::map<std::string, Members> members;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto told = groups[i].find(kind);
      auto& some = members[told == groups[i].end() ? kNotTold : told->second];
      some.predictions.push_back(predictions[i]);
      some.labels.push_back(labels[i]);
    }
    if (members.size() == 1 && members.contains(kNotTold)) refuse(kind, groups);
    result.kinds.emplace_back(kind, scores_of(members));
    auto gap = gap_of(kind, result.kinds.back().second);
    if (gap && (!result.largest_gap || gap->accuracy > result.largest_gap->accuracy)) {
      result.largest_gap = std::move(gap);
    }
  }
  return result;
}

}  // namespace mien
