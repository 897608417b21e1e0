#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mien::server {

/// A host as the headers Host and Origin name it.
struct HostName {
  std::string name;  ///< in lower case; an IPv6 address without its brackets
  std::string port;  ///< empty where none is given
};

/// Reads "localhost:5000", "[::1]:5000" or "example.org"; nothing for anything else.
std::optional<HostName> parse_host(std::string_view text);

/// The names under which the server may be asked: a page of another site whose name was pointed at
/// this machine (DNS rebinding) comes under a name that is not among them.
class AllowedHosts {
 public:
  /// `any_address`: besides, every IP address, which no name server can forge.
  AllowedHosts(const std::vector<std::string>& names, bool any_address);

  /// Whether a Host header names one of them, with any port.
  bool allow(std::string_view host_header) const;

 private:
  std::vector<std::string> names_;
  bool any_address_;
};

/// Whether a page of `origin` ("http://localhost:5000") is of the host that was asked for.
bool is_same_origin(std::string_view origin, std::string_view host_header);

/// Takes as long for any two texts of the same lengths, so that its time tells nothing.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// The value of a cookie in a Cookie header.
std::optional<std::string> cookie(std::string_view header, std::string_view name);

/// 128 random bits as 32 digits. Throws Error (internal) when the system gives none.
std::string make_token();

}  // namespace mien::server
