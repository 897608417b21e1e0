#pragma once

#include <optional>
#include <string>

#include "server/class_room.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// Said wherever a class is offered.
inline constexpr const char* kClassLaw =
    "In the European Union inferring emotions of people at work or in education is forbidden (AI "
    "Act, Article 5(1)(f)) except for medical or safety reasons; use self-report there.";

/// Whether classes may be opened, what for, and who agreed.
struct ClassArguments {
  bool wanted = false;
  std::string purpose;
  std::string agreed;
  std::string config;

  void add_to(CLI::App& command);

  /// Nothing when no class is wanted. Throws Error: usage without a statement, input when the
  /// config file cannot be read or is none.
  std::optional<server::ClassStatement> statement() const;
};

}  // namespace mien::apps
