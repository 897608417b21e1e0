#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "dataset/face_dataset.h"

namespace mien {

/// The eight classes of FER+ (Barsoum et al., 2016, "Training Deep Networks for Facial Expression
/// Recognition with Crowd-Sourced Label Distribution"), in the order of its votes.
enum class FerPlusClass { neutral, happiness, surprise, sadness, anger, disgust, fear, contempt };

inline constexpr std::size_t kFerPlusClasses = 8;

std::string_view name(FerPlusClass label);

/// Nothing for contempt, which is none of the seven.
std::optional<Expression> expression_of(FerPlusClass label);

/// The class that ten people agree on, by the rule of FER+'s authors: a single vote is taken for a
/// slip and does not count, and of the others one class must have more than half. Nothing, and the
/// face is left out, where none has, or where it is `unknown` or `not a face`.
std::optional<FerPlusClass> majority(const FerPlusVotes& votes);

}  // namespace mien
