#include "dataset/expression_label.h"

#include <array>
#include <utility>

namespace mien {
namespace {

using Meanings = std::array<std::pair<std::string_view, LabelMeaning>, 22>;

const Meanings& meanings() {
  static constexpr Meanings all = {{{"angry", {Expression::angry}},
                                    {"anger", {Expression::angry}},
                                    {"disgust", {Expression::disgust}},
                                    {"disgusted", {Expression::disgust}},
                                    {"fear", {Expression::fear}},
                                    {"fearful", {Expression::fear}},
                                    {"afraid", {Expression::fear}},
                                    {"scared", {Expression::fear}},
                                    {"happy", {Expression::happy}},
                                    {"happiness", {Expression::happy}},
                                    {"joy", {Expression::happy}},
                                    {"sad", {Expression::sad}},
                                    {"sadness", {Expression::sad}},
                                    {"surprise", {Expression::surprise}},
                                    {"surprised", {Expression::surprise}},
                                    {"suprise", {Expression::surprise}},  // as some copies spell it
                                    {"neutral", {Expression::neutral}},
                                    {"neutrality", {Expression::neutral}},
                                    {"natural", {Expression::neutral}},
                                    {"contempt", {}},
                                    {"contemptuous", {}},
                                    {"scorn", {}}}};
  return all;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower;
}

std::optional<LabelMeaning> meaning_of_label(std::string_view label) {
  const auto word = lower_case(label);
  for (const auto& [known, meaning] : meanings()) {
    if (known == word) return meaning;
  }
  return std::nullopt;
}

std::string known_labels() {
  std::string text;
  for (const auto& [known, meaning] : meanings()) {
    text += (text.empty() ? "" : ", ") + std::string(known);
  }
  return text;
}

}  // namespace mien
