#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mien::server {

/// What a request asks for.
struct Target {
  std::string path;                          ///< begins with a slash
  std::map<std::string, std::string> query;  ///< of equal names the last
};

/// Reads "/api/v1/jobs?name=a%20b.mp4". Nothing for what does not begin with a slash, is not UTF-8
/// once it is decoded, holds a broken escape, a control character, an escaped slash in its path, or
/// too many parameters.
std::optional<Target> parse_target(std::string_view text);

/// A path as it stands in a target.
std::string escaped_path(std::string_view path);

/// Whether every byte belongs to a character of UTF-8.
bool is_utf8(std::string_view text);

}  // namespace mien::server
