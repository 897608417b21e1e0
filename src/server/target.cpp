#include "server/target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace mien::server {
namespace {

constexpr std::size_t kMostParameters = 32;

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// The byte that "%XY" at the text's beginning stands for.
std::optional<char> escaped(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const auto high = hex_digit(text[1]);
  const auto low = hex_digit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(static_cast<unsigned char>(16 * *high + *low));
}

enum class Part { path, query };

std::optional<std::string> decode(std::string_view text, Part part) {
  std::string decoded;
  while (!text.empty()) {
    char c = text.front();
    std::size_t length = 1;
    if (c == '%') {
      const auto byte = escaped(text);
      if (!byte || (part == Part::path && *byte == '/')) return std::nullopt;
      c = *byte;
      length = 3;
    } else if (c == '+' && part == Part::query) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    decoded += c;
    text.remove_prefix(length);
  }
  if (!is_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::map<std::string, std::string>> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), Part::query);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), Part::query);
    if (!name || !value) return std::nullopt;
    query[std::move(*name)] = std::move(*value);
    if (query.size() > kMostParameters) return std::nullopt;
  }
  return query;
}

/// How long the character that begins with this byte is; 0 for none.
std::size_t character_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

/// Not written longer than it must be, no surrogate, and within Unicode.
bool is_in_range(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const auto length = character_length(lead);
    if (length == 0 || length > text.size()) return false;
    const auto rest = text.substr(1, length - 1);
    if (!std::all_of(rest.begin(), rest.end(), is_continuation)) return false;
    if (length > 1 && !is_in_range(lead, static_cast<unsigned char>(rest.front()))) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string escaped_path(std::string_view path) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=:@/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      escaped += {'%', kDigits[byte / 16], kDigits[byte % 16]};
    }
  }
  return escaped;
}

std::optional<Target> parse_target(std::string_view text) {
  if (!text.starts_with('/') || text.find('#') != std::string_view::npos) return std::nullopt;
  const auto question = std::min(text.find('?'), text.size());
  auto path = decode(text.substr(0, question), Part::path);
  auto query = parse_query(text.substr(std::min(question + 1, text.size())));
  if (!path || !query) return std::nullopt;
  return Target{std::move(*path), std::move(*query)};
}

}  // namespace mien::server
