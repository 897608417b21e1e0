#pragma once

#include <exception>
#include <string_view>

namespace mien::apps {

/// Nobody reads standard output any longer, as with `| head -1`: no error, but the end of the work.
class ClosedOutput final : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output is closed"; }
};

enum class Flush { now, later };

/// Writes a line to standard output, at once unless told `later` and standard output is no
/// terminal. Throws ClosedOutput when its reader has gone, Error (internal) when its disk is full.
void print_line(std::string_view line, Flush flush = Flush::now);

/// Writes what print_line() kept back. Throws as it does.
void flush_standard_output();

}  // namespace mien::apps
