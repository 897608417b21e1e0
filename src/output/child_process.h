#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mien {

/// Runs a program found in PATH, without a shell, with nothing on its standard streams, and waits
/// for its end. Returns its exit status (128 when a signal ended it or it was killed after
/// `limit`); nothing when there is no such program.
std::optional<int> run_program(const std::vector<std::string>& arguments,
                               std::chrono::milliseconds limit);

}  // namespace mien
