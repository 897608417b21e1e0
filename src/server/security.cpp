#include "server/security.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "mien/error.h"

namespace mien::server {
namespace {

constexpr std::size_t kLongestName = 255;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_of_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

bool is_of_ipv6(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; }

bool is_port(std::string_view text) {
  constexpr std::size_t kLongestPort = 5;
  return !text.empty() && text.size() <= kLongestPort &&
         std::all_of(text.begin(), text.end(), is_digit);
}

bool is_address(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The host of "http://host:port", with its port.
std::optional<HostName> host_of_origin(std::string_view origin) {
  for (const auto& [scheme, port] : {std::pair{"http://", "80"}, std::pair{"https://", "443"}}) {
    if (!origin.starts_with(scheme)) continue;
    auto host = parse_host(origin.substr(std::string_view(scheme).size()));
    if (host && host->port.empty()) host->port = port;
    return host;
  }
  return std::nullopt;
}

}  // namespace

std::optional<HostName> parse_host(std::string_view text) {
  if (text.empty() || text.size() > kLongestName) return std::nullopt;
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  std::string_view rest = lowered;
  HostName host;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host.name = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!std::all_of(host.name.begin(), host.name.end(), is_of_ipv6)) return std::nullopt;
  } else {
    host.name = rest.substr(0, rest.find(':'));
    rest.remove_prefix(host.name.size());
    if (!std::all_of(host.name.begin(), host.name.end(), is_of_name)) return std::nullopt;
  }
  if (host.name.empty()) return std::nullopt;
  if (rest.empty()) return host;
  rest.remove_prefix(1);
  if (!is_port(rest) || text[text.size() - rest.size() - 1] != ':') return std::nullopt;
  host.port = rest;
  return host;
}

AllowedHosts::AllowedHosts(const std::vector<std::string>& names, bool any_address)
    : any_address_(any_address) {
  for (const auto& name : names) {
    // An IPv6 address is given without brackets, or is a name with a port.
    const auto host = parse_host(
        is_address(name) && name.find(':') != std::string::npos ? "[" + name + "]" : name);
    if (!host) {
      throw Error(ErrorCode::usage,
                  "'" + name + "' is not the name of a host; give one such as " + "camera.local");
    }
    names_.push_back(host->name);
  }
}

bool AllowedHosts::allow(std::string_view host_header) const {
  const auto host = parse_host(host_header);
  if (!host) return false;
  if (any_address_ && is_address(host->name)) return true;
  return std::find(names_.begin(), names_.end(), host->name) != names_.end();
}

bool is_same_origin(std::string_view origin, std::string_view host_header) {
  const auto page = host_of_origin(origin);
  auto host = parse_host(host_header);
  if (!page || !host) return false;
  if (host->port.empty()) host->port = origin.starts_with("https:") ? "443" : "80";
  return page->name == host->name && page->port == host->port;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(pair.size() + 1, header.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name) continue;
    return std::string(trimmed(pair.substr(equals + 1)));
  }
  return std::nullopt;
}

std::string make_token() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error(ErrorCode::internal, "the system gives no random numbers; give --token");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string token;
  for (const unsigned byte : bytes) {
    token += kDigits[byte / 16];
    token += kDigits[byte % 16];
  }
  return token;
}

}  // namespace mien::server
