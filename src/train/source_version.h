#pragma once

#include <string>

namespace mien::train {

/// The commit that the program was built from, with "-dirty" when files differed from it; "unknown"
/// outside a git checkout.
std::string source_version();

/// Of the project, such as "0.1.0".
std::string program_version();

}  // namespace mien::train
