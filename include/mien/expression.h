#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace mien {

/// What a face shows, in FER-2013's order (Goodfellow et al., 2013, "Challenges in Representation
/// Learning"). It is a statement about the picture of a face, never about what a person feels.
enum class Expression { angry, disgust, fear, happy, sad, surprise, neutral };

inline constexpr std::size_t kExpressionCount = 7;

/// One number per expression, in the order of `Expression`; they sum to 1.
using Probabilities = std::array<float, kExpressionCount>;

/// "angry", "disgust", "fear", "happy", "sad", "surprise" or "neutral".
std::string_view name(Expression expression);

/// The expression of that name; nothing when there is none.
std::optional<Expression> expression_from_name(std::string_view name);

/// All seven, in order.
const std::array<Expression, kExpressionCount>& all_expressions();

/// The expression with the largest probability (the first of equals).
Expression most_probable(const Probabilities& probabilities);

/// softmax(logits / temperature). Temperature scaling: Guo et al., 2017, "On Calibration of Modern
/// Neural Networks". `logits` holds kExpressionCount finite values; `temperature` is positive.
Probabilities softmax(std::span<const float> logits, double temperature);

}  // namespace mien
