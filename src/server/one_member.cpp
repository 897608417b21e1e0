#include "server/one_member.h"

namespace mien::server {

std::optional<OneMember> one_member(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || json.size() != 1) return std::nullopt;
  return OneMember{json.begin().key(), json.begin().value()};
}

}  // namespace mien::server
