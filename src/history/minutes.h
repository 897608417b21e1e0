#pragma once

#include <optional>
#include <span>
#include <vector>

#include "history/session.h"

namespace mien {

/// The minutes of one participant's seconds, which grow. `before`: what was shown in the last
/// second before them.
std::vector<RecordedMinute> minutes_of(std::span<const RecordedSecond> seconds,
                                       std::optional<Expression> before = {});

}  // namespace mien
