#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mien/expression.h"

namespace mien {

/// What a data set's own word says: an expression, or contempt, which Mien does not name.
struct LabelMeaning {
  std::optional<Expression> expression;  ///< nothing: contempt
};

/// The meaning of a label by its name, in any case: "angry", "Anger", "HAPPINESS". Nothing when the
/// word is not known.
std::optional<LabelMeaning> meaning_of_label(std::string_view label);

/// All words that meaning_of_label() knows, for errors.
std::string known_labels();

/// A to Z as a to z; other characters stay.
std::string lower_case(std::string_view text);

}  // namespace mien
