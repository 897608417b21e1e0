#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mien {

/// Runs a program found in PATH, without a shell, with nothing on its standard streams, and waits
/// for its end. Returns its exit status (128 when a signal ended it or it was killed after
/// `limit` or because `stop` was requested); nothing when there is no such program.
std::optional<int> run_program(const std::vector<std::string>& arguments,
                               std::chrono::milliseconds limit, const std::stop_token& stop = {});

}  // namespace mien
