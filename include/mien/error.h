#pragma once

#include <stdexcept>
#include <string>

namespace mien {

/// What kind of thing stopped the work. The values are the programs' exit statuses.
enum class ErrorCode {
  internal = 1,  ///< anything that is none of the others, such as a full disk
  usage = 2,     ///< wrong options or arguments
  input = 3,     ///< an input could not be read
  model = 4,     ///< a model or a data file is invalid
};

/// The one exception type of Mien. `what()` is one line: what went wrong, where, and what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace mien
