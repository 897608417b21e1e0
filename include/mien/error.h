#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

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
  /// Line breaks, which a library's words or a file's name may hold, become spaces.
  Error(ErrorCode code, std::string message)
      : std::runtime_error(one_line(std::move(message))), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  static std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::replace(text.begin(), text.end(), '\r', ' ');
    return text;
  }

  ErrorCode code_;
};

}  // namespace mien
