#pragma once

#include <string>

#include "mien/attributes.h"

namespace mien {

/// "female, about 34"; what was not asked for is left out.
std::string attribute_text(const Attributes& attributes);

}  // namespace mien
