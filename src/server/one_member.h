#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mien::server {

/// {"name":value}, as clients say one thing at a time.
struct OneMember {
  std::string name;
  nlohmann::json value;

  /// Whether it is {"name":true}.
  bool is(std::string_view wanted) const { return name == wanted && value == true; }
};

/// Nothing for any other text.
std::optional<OneMember> one_member(std::string_view text);

}  // namespace mien::server
