#pragma once

#include <string>

#include "train/recipe.h"

namespace mien::train {

/// The recipe with another value for a key of a section ("" for the keys before all sections), in
/// its text too, which a run's folder keeps; all other lines and comments stay. `value` is written
/// as TOML. Throws Error (usage) when the key or its section does not stand on a line of its own.
Recipe with_key(const Recipe& recipe, const std::string& section, const std::string& key,
                const std::string& value);

}  // namespace mien::train
