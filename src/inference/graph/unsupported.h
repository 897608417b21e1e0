#pragma once

#include <string>

#include "mien/error.h"

namespace mien {

/// A model that is valid, as far as can be seen, but needs what an engine does not have. Another
/// engine may run it.
class Unsupported : public Error {
 public:
  explicit Unsupported(std::string what) : Error(ErrorCode::model, std::move(what)) {}
};

}  // namespace mien
